"""What a reader refuses to run, and what it must not refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import quoted_name

from data_access import schema
from data_access.errors import ScopeError
from data_access.reader import Reader
from tests.data_access.small_bank import viewer

MEMBER = schema.campaign_member
SALE = schema.sale


class _Fragment(sa.ColumnElement):
    """An element of one's own whose SQL is whatever one writes."""

    inherit_cache = False


@compiles(_Fragment)
def _write_fragment(_element, _compiler, **_):
    return "(SELECT count(*) FROM sale)"


class _Cunning(sa.types.UserDefinedType):
    """A type whose SQL is whatever one writes."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "BIGINT) FROM sale --"


class _Wrapping(sa.types.TypeDecorator):
    """A type that wraps its column when it is read."""

    impl = sa.Text
    cache_ok = True

    def column_expression(self, column):
        return sa.select(SALE.c.sale_id).limit(1).scalar_subquery()


BYPASSES: dict[str, Callable[[Reader], object]] = {
    "raw table": lambda r: sa.select(MEMBER.c.arm),
    "raw table, aliased": lambda r: sa.select(MEMBER.alias("campaign_member").c.arm),
    "raw table in a join": lambda r: sa.select(r.table("branch").c.name).join(
        MEMBER, MEMBER.c.branch_id == r.table("branch").c.branch_id
    ),
    "raw table in a subquery": lambda r: sa.select(sa.select(MEMBER).subquery().c.arm),
    "raw table in a CTE": lambda r: sa.select(sa.select(MEMBER).cte().c.arm),
    "raw table in exists": lambda r: sa.select(r.table("branch").c.name).where(sa.exists(sa.select(MEMBER.c.arm))),
    "raw table in a scalar subquery": lambda r: sa.select(sa.select(sa.func.count(MEMBER.c.arm)).scalar_subquery()),
    "raw table in a union": lambda r: sa.union_all(sa.select(r.table("sale").c.sale_id), sa.select(SALE.c.sale_id)),
    "raw table in in_": lambda r: sa.select(r.table("branch").c.name).where(
        r.table("branch").c.branch_id.in_(sa.select(MEMBER.c.branch_id))
    ),
    "raw column in order_by": lambda r: sa.select(r.table("sale").c.sale_id).order_by(SALE.c.amount),
    "raw column in group_by": lambda r: (
        sa.select(sa.func.count()).select_from(r.table("sale")).group_by(SALE.c.channel)
    ),
    "raw column in having": lambda r: (
        sa.select(sa.func.count()).select_from(r.table("sale")).having(sa.func.max(SALE.c.amount) > 1)
    ),
    "raw column in a window": lambda r: sa.select(sa.func.count().over(partition_by=SALE.c.branch_id)),
    "raw column in a filter": lambda r: sa.select(sa.func.count().filter(SALE.c.amount > 1)),
    "raw column in case": lambda r: sa.select(sa.case((SALE.c.amount > 1, 1), else_=0)),
    "lightweight table": lambda r: sa.select(sa.table("sale", sa.column("amount")).c.amount),
    "table of another schema": lambda r: sa.select(
        sa.table("tables", sa.column("table_name"), schema="information_schema").c.table_name
    ),
    "a table that was not asked for": lambda r: sa.select(r.scope.visible(SALE).c.amount),
    "another reader's table": lambda r: sa.select(Reader(viewer(), r._warehouse).table("sale").c.amount),
    "text statement": lambda r: sa.text("SELECT * FROM sale"),
    "text column": lambda r: sa.select(sa.text("sale_id")).select_from(r.table("sale")),
    "text in where": lambda r: sa.select(r.table("sale").c.sale_id).where(sa.text("1=1")),
    "text in from": lambda r: sa.select(sa.literal(1)).select_from(sa.text("sale")),
    "text with columns": lambda r: sa.select(
        sa.text("SELECT sale_id FROM sale").columns(sa.column("sale_id")).subquery()
    ),
    "text in order_by": lambda r: sa.select(r.table("sale").c.sale_id).order_by(sa.text("(SELECT 1)")),
    "literal column": lambda r: sa.select(sa.literal_column("(SELECT max(amount) FROM sale)")),
    "column of no table": lambda r: sa.select(sa.column("amount")).select_from(r.table("sale")),
    "prefix": lambda r: sa.select(r.table("sale").c.sale_id).prefix_with("* FROM sale --"),
    "suffix": lambda r: sa.select(r.table("sale").c.sale_id).suffix_with("UNION SELECT sale_id FROM sale"),
    "prefix of a CTE": lambda r: sa.select(sa.select(r.table("sale").c.sale_id).cte().prefix_with("x").c.sale_id),
    "statement hint": lambda r: sa.select(r.table("sale").c.sale_id).with_statement_hint("UNION SELECT 1"),
    "table hint": lambda r: sa.select(r.table("sale").c.sale_id).with_hint(r.table("sale"), "TABLESAMPLE 1%"),
    "for update": lambda r: sa.select(r.table("sale").c.sale_id).with_for_update(),
    "custom operator": lambda r: sa.select(r.table("sale").c.sale_id.op("|| (SELECT 1) ||")("x")),
    "custom unary operator": lambda r: sa.select(
        sa.sql.elements.UnaryExpression(r.table("sale").c.amount, operator=sa.sql.operators.custom_op("(SELECT 1) -"))
    ),
    "collation": lambda r: sa.select(r.table("sale").c.sale_id.collate("C")),
    "reading a file": lambda r: sa.select(sa.func.read_csv("/etc/passwd")),
    "reading a file as a table": lambda r: sa.select(sa.func.read_csv("/etc/passwd").table_valued("line").c.line),
    "running text": lambda r: sa.select(sa.func.query("SELECT 1")),
    "reading a file of the server": lambda r: sa.select(sa.func.pg_read_file("/etc/passwd")),
    "asking the clock": lambda r: sa.select(sa.func.now()),
    "a function of a package": lambda r: sa.select(sa.func.secret.count(r.table("sale").c.sale_id)),
    "a function that reads settings": lambda r: sa.select(sa.func.current_setting("data_directory")),
    "values": lambda r: sa.select(sa.values(sa.column("x", sa.Integer), name="v").data([(1,)])),
    "lateral": lambda r: sa.select(sa.select(r.table("sale").c.amount).lateral().c.amount),
    "sample": lambda r: sa.select(sa.tablesample(r.table("branch"), 10).c.name),
    "element of one's own": lambda r: sa.select(_Fragment()),
    "cast to a type of one's own": lambda r: sa.select(sa.cast(r.table("sale").c.amount, _Cunning())),
    "coercion to a wrapping type": lambda r: sa.select(sa.type_coerce(r.table("sale").c.channel, _Wrapping())),
    "value of a type of one's own": lambda r: sa.select(sa.literal("x", _Wrapping())),
    "extract of text": lambda r: sa.select(sa.extract("year FROM now()) --", r.table("sale").c.sold_at)),
    "unquoted label": lambda r: sa.select(r.table("sale").c.amount.label(quoted_name("x FROM sale --", quote=False))),
    "unquoted alias": lambda r: sa.select(r.table("branch").alias(quoted_name("b, sale", quote=False)).c.name),
    "frame exclusion": lambda r: sa.select(
        sa.func.sum(r.table("sale").c.amount).over(rows=(None, 0), exclude="TIES) FROM sale --")
    ),
    "execution options": lambda r: sa.select(r.table("sale").c.amount).execution_options(
        schema_translate_map={None: "elsewhere"}
    ),
    "insert": lambda r: sa.insert(SALE).values(sale_id="1"),
    "update": lambda r: sa.update(SALE).values(amount=0),
    "delete": lambda r: sa.delete(SALE),
    "delete in a CTE": lambda r: sa.select(sa.delete(SALE).returning(SALE.c.sale_id).cte().c.sale_id),
    "delete in a CTE that is not selected from": lambda r: sa.select(r.table("sale").c.amount).add_cte(
        sa.delete(SALE).returning(SALE.c.sale_id).cte()
    ),
    "create": lambda r: sa.schema.CreateTable(SALE),
    "plain text": lambda r: "SELECT * FROM sale",
}


@pytest.mark.parametrize("statement", BYPASSES.values(), ids=BYPASSES)
def test_a_bypass_is_refused(statement, warehouses):
    reader = Reader(viewer("B1"), warehouses["duckdb"])
    reader.table("sale")
    with pytest.raises(ScopeError, match="Nothing was read"):
        reader.frame(statement(reader))


def _legitimate(r: Reader) -> dict[str, object]:
    member, sale, campaign = r.table("campaign_member"), r.table("sale"), r.table("campaign")
    other = member.alias("other")
    snapshot = r.table("tier_snapshot")
    before = sa.func.lag(snapshot.c.month_no).over(partition_by=snapshot.c.customer_id, order_by=snapshot.c.month_no)
    monthly = sa.select(snapshot.c.tier, (snapshot.c.month_no - before).label("gap")).cte("monthly")
    amount = sa.cast(sale.c.amount, sa.Double)
    running = sa.func.sum(sale.c.amount).over(order_by=sale.c.sold_at, rows=(None, 0)).label("running")
    days = sa.type_coerce(sa.cast(member.c.converted_at, sa.Date) - sa.cast(member.c.assigned_at, sa.Date), sa.Integer)
    return {
        "aggregates": sa.select(
            member.c.arm, sa.func.count(), sa.func.count(sa.distinct(member.c.branch_id)), sa.func.sum(days)
        ).group_by(member.c.arm),
        "moments": sa.select((sa.func.var_pop(amount) * sa.func.count(amount)).label("squares_amount")),
        "filter": sa.select(sa.func.count().filter(member.c.converted_at.is_not(None), member.c.arm == "a")),
        "window and CTE": sa.select(monthly.c.tier, sa.func.count()).where(monthly.c.gap == 1).group_by(monthly.c.tier),
        "window frame": sa.select(running).order_by(sale.c.sold_at, sale.c.sale_id).limit(5).offset(1),
        "self join": sa.select(sa.func.count()).select_from(
            member.join(other, (member.c.customer_id == other.c.customer_id) & (member.c.arm < other.c.arm))
        ),
        "outer join": sa.select(campaign.c.campaign_id, sa.func.count(member.c.customer_id))
        .outerjoin(member, member.c.campaign_id == campaign.c.campaign_id)
        .group_by(campaign.c.campaign_id),
        "union": sa.union_all(sa.select(member.c.branch_id), sa.select(sale.c.branch_id)).order_by("branch_id"),
        "case, cast, extract, between": sa.select(
            sa.case((sale.c.amount.between(1, 10**5), "small"), else_="large").label("size"),
            sa.func.count(sa.cast(sale.c.sold_at, sa.Date)),
            sa.func.min(sa.extract("month", sale.c.sold_at)),
        ).group_by("size"),
        "exists and in": sa.select(sa.func.count())
        .select_from(member)
        .where(
            sa.exists().where(sale.c.customer_id == member.c.customer_id),
            member.c.campaign_id.in_(["C1", "C2"]),
            member.c.customer_id.not_in(sa.select(r.table("complaint").c.customer_id)),
            ~member.c.arm.like("x%"),
        ),
        "scalar subquery": sa.select(sa.select(sa.func.max(sale.c.amount)).scalar_subquery().label("largest")),
        "quantile": sa.select(sa.func.percentile_cont(0.5).within_group(sale.c.amount.asc().nulls_last())),
        "distinct": sa.select(member.c.channel).distinct().where(sa.func.coalesce(member.c.channel, "?") != "?"),
        "recursive names": sa.select(sa.func.count().label("FROM sale; --")).select_from(sale),
        "null-safe comparison": sa.select(sa.func.count())
        .select_from(member)
        .where(member.c.channel.is_distinct_from(member.c.tier), sa.tuple_(member.c.arm, member.c.tier) != ("a", "b")),
        "intersection": sa.select(
            sa.intersect(sa.select(member.c.customer_id), sa.select(sale.c.customer_id)).subquery()
        ),
        "constants": sa.select(sa.literal("text"), sa.null().label("nothing"), sa.true().label("yes")),
    }


def test_legitimate_statements_pass_and_run(reader):
    for name, statement in _legitimate(reader).items():
        assert len(reader.frame(statement).columns) > 0, name


def test_the_walk_names_the_table_and_the_way_to_it(warehouses):
    with pytest.raises(ScopeError, match=r"reads 'sale' directly\. Take it from reader\.table\('sale'\)"):
        Reader(viewer("B1"), warehouses["duckdb"]).frame(sa.select(SALE.c.amount))
