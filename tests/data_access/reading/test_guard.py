"""What a reader refuses to run, and what it must not refuse."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import quoted_name
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.util import HasMemoized

from data_access import schema
from data_access.cache import Passed
from data_access.errors import AccessError, DataError, ScopeError
from data_access.reading import compiled, disclosure, guard
from data_access.reading.reader import Reader
from tests.data_access.examples import EXAMPLES, LISTS, in_turn
from tests.data_access.small_bank import viewer

SCOPES = ((), ("B1", "B2"))
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


def _attributed(element, **attributes):
    """The element with attributes that nothing which makes it would give it."""
    vars(element).update(attributes)
    return element


def _given(element, **attributes):
    return sa.select(sa.literal(1).label("x")).where(_attributed(element, **attributes))


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
    "custom operator of a list": lambda r: sa.select(
        sa.literal(1).label("x"),
        sa.sql.elements.BooleanClauseList._construct_raw(
            sa.sql.operators.custom_op("|| (SELECT 1) ||"), [r.table("sale").c.sale_id == "1", sa.true()]
        ),
    ),
    "custom operator of a truth value": lambda r: _given(
        ~r.table("campaign_arm").c.is_control, operator=sa.sql.operators.custom_op("(SELECT 1) -")
    ),
    "custom operator of exists": lambda r: _given(
        sa.exists(sa.select(r.table("sale").c.sale_id)), operator=sa.sql.operators.custom_op("(SELECT 1) -")
    ),
    "escape of a comparison": lambda r: sa.select(r.table("sale").c.sale_id).where(
        r.table("sale").c.channel.like("x", escape="'' FROM sale --")
    ),
    "schema of an alias": lambda r: sa.select(_attributed(r.table("sale").alias("x"), schema="sale").c.amount),
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
    "parameter of a type": lambda r: sa.select(
        sa.cast(r.table("sale").c.amount, sa.Numeric("10)) + (SELECT max(amount) FROM sale", 2))
    ),
    "length of a type": lambda r: sa.select(sa.cast(r.table("sale").c.channel, sa.Text("9)) FROM sale --"))),
    "collation of a type": lambda r: sa.select(
        sa.cast(r.table("sale").c.channel, sa.Text(collation='C" FROM sale --'))
    ),
    "variant of a type": lambda r: sa.select(
        sa.cast(r.table("sale").c.amount, sa.BigInteger().with_variant(sa.Numeric("9)) FROM sale --"), "duckdb"))
    ),
    "type of a value": lambda r: sa.select(sa.literal(1, sa.Numeric("9)) FROM sale --"))),
    "type of a result": lambda r: sa.select(sa.func.sum(r.table("sale").c.amount, type_=_Cunning())),
    "a CTE that passes for a parent": lambda r: sa.select(
        r.table("staff").c.name,
        sa.select(r.table("branch").c.branch_id.label("staff_id")).cte("staff_posting").c.staff_id,
    ),
    "a CTE that passes for a parent, in capitals": lambda r: sa.select(
        sa.select(r.table("branch").c.branch_id.label("staff_id")).cte("Staff_Posting").c.staff_id
    ),
    "a subquery that passes for a table": lambda r: sa.select(
        sa.select(r.table("branch").c.name.label("amount")).subquery("sale").c.amount
    ),
    "an alias that passes for a table": lambda r: sa.select(r.table("branch").alias("customer").c.name),
    "name of a bound value": lambda r: sa.select(r.table("sale").c.sale_id).where(
        r.table("sale").c.amount > sa.bindparam("x)s FROM sale --", 1)
    ),
    "value written into the text": lambda r: sa.select(
        sa.bindparam("x", "') FROM sale --", literal_execute=True).label("x")
    ),
    "value made while it runs": lambda r: sa.select(
        sa.bindparam("x", callable_=lambda: 1, type_=sa.Integer).label("x")
    ),
}


@pytest.mark.parametrize("statement", BYPASSES.values(), ids=BYPASSES)
def test_a_bypass_is_refused(statement, warehouses):
    reader = Reader(viewer("B1"), warehouses["duckdb"])
    reader.table("sale")
    with pytest.raises(ScopeError, match="Nothing was read"):
        reader.frame(statement(reader))


def _legitimate(r: Reader) -> dict[str, object]:
    member, sale, campaign = r.table("campaign_member"), r.table("sale"), r.table("campaign")
    arm = r.table("campaign_arm")
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
        "groupings": sa.select((first := sa.func.count().label("first")), sa.false().label("no"))
        .select_from(
            campaign.outerjoin(
                member.join(arm, member.c.campaign_id == arm.c.campaign_id),
                campaign.c.campaign_id == member.c.campaign_id,
            )
        )
        .where(~arm.c.is_control)
        .order_by(first),
        "union of parts": sa.union_all(
            sa.select(member.c.arm).order_by(member.c.arm).limit(1), sa.select(sale.c.channel).limit(2)
        ),
        "constants": sa.select(sa.literal("text"), sa.null().label("nothing"), sa.true().label("yes")),
    }


def test_legitimate_statements_pass_and_run(reader):
    for name, statement in _legitimate(reader).items():
        assert len(reader.frame(statement).columns) > 0, name


def test_the_walk_names_the_table_and_the_way_to_it(warehouses):
    with pytest.raises(ScopeError, match=r"reads 'sale' directly\. Take it from reader\.table\('sale'\)"):
        Reader(viewer("B1"), warehouses["duckdb"]).frame(sa.select(SALE.c.amount))


PIECES = (
    "x",
    "sale",
    "'; DROP TABLE sale; --",
    '") FROM sale --',
    "(SELECT max(amount) FROM sale)",
    "1)) + (SELECT max(amount) FROM sale",
    "%(x)s",
    "%s",
    "$1",
    "sale AS x, sale",
    "/*",
    "*/ UNION SELECT sale_id FROM sale /*",
    "BIGINT) FROM sale --",
    "TIES) FROM sale --",
    "year FROM now()) FROM sale --",
    "|| (SELECT 1) ||",
    "\\",
    "\x00",
    "Sale",
    "__[POSTCOMPILE_x]",
)
OF_THE_STATEMENT = ("branch", "season", "product", "campaign", "campaign_arm")
DIALECTS = ("duckdb", "postgresql")


OF_TYPES = ("length", "collation", "collation_schema", "precision", "scale", "decimal_return_scale", "name")


def _shapes(text: str) -> dict[InternalTraversal, object]:
    """What SQLAlchemy keeps in an attribute of each kind that can carry text, with the text in it."""
    return {
        InternalTraversal.dp_string: text,
        InternalTraversal.dp_anon_name: text,
        InternalTraversal.dp_plain_obj: text,
        InternalTraversal.dp_operator: sa.sql.operators.custom_op(text),
        InternalTraversal.dp_plain_dict: {"escape": text, "flags": text, "symmetric": text, "percent": text},
        InternalTraversal.dp_prefix_sequence: ((sa.text(text), "*"),),
        InternalTraversal.dp_statement_hint_list: (("*", text),),
        InternalTraversal.dp_table_hint_list: {(SALE, "*"): text},
        InternalTraversal.dp_dialect_options: {"postgresql": {"x": text}},
        InternalTraversal.dp_executable_options: (text,),
        InternalTraversal.dp_compile_state_funcs: ((text, text),),
        InternalTraversal.dp_params: {text: text},
        InternalTraversal.dp_propagate_attrs: {"compile_state_plugin": text},
        InternalTraversal.dp_has_cache_key: sa.table(text, sa.column(text)),
    }


STRUCTURE = frozenset(
    (
        *(InternalTraversal.dp_boolean, InternalTraversal.dp_type, InternalTraversal.dp_annotations_key),
        *(InternalTraversal.dp_clauseelement, InternalTraversal.dp_clauseelement_list),
        *(InternalTraversal.dp_clauseelement_tuple, InternalTraversal.dp_clauseelement_tuples),
        *(InternalTraversal.dp_setup_join_tuple, InternalTraversal.dp_memoized_select_entities),
    )
)
"""Kinds of attribute that hold other elements, which are looked at by themselves, or no text."""

ELSEWHERE = ("exclude", "packagenames", "schema", "_execution_options", "_for_update_arg")
"""Attributes that can carry text, and that SQLAlchemy does not list."""


def _texts(element: object) -> Iterator[tuple[object, str, InternalTraversal | None]]:
    """Every attribute of an element that holds text or may, and what kind it is of; None for one of its type.

    What SQLAlchemy worked out of these and remembers there is left out: it comes and goes with what was compiled.
    """
    remembered = HasMemoized.memoized_attribute
    own = {name: value for name, value in vars(element).items() if not isinstance(_of_class(element, name), remembered)}
    found = dict.fromkeys((name for name in ELSEWHERE if hasattr(element, name)), InternalTraversal.dp_string)
    found |= dict.fromkeys((name for name, value in own.items() if isinstance(value, str)), InternalTraversal.dp_string)
    listed = getattr(element, "_traverse_internals", ())
    found |= {name: kind for name, kind in listed if kind not in STRUCTURE}
    yield from ((element, name, kind) for name, kind in found.items())
    if (kind := own.get("type")) is not None:
        yield from ((element, name, None) for name in vars(kind) if name in OF_TYPES)


def _of_class(element: object, name: str) -> object:
    return next((vars(kind)[name] for kind in type(element).__mro__ if name in vars(kind)), None)


@contextmanager
def _put(element, attribute: str, kind: InternalTraversal | None, text: str) -> Iterator[None]:
    """Puts the text there for a while: some elements, such as true, are one object for the whole process."""
    before = dict(vars(element))
    try:
        _change(element, attribute, kind, text)
        yield
    finally:
        vars(element).clear()
        vars(element).update(before)


def _change(element, attribute: str, kind: InternalTraversal | None, text: str) -> None:
    if kind is not None:
        element.__dict__[attribute] = _shapes(text)[kind]
        return
    changed = copy.copy(element.type)  # types are shared among statements
    changed.__dict__[attribute] = text
    element.__dict__["type"] = changed
    if isinstance(element, sa.Cast):
        element.typeclause.__dict__["type"] = changed


def test_the_legitimate_statements_hold_every_kind_of_element_that_is_allowed(reader):
    """So that the text below comes to stand in every attribute of every construct."""
    held = {
        type(part)
        for statement in _legitimate(reader).values()
        for part in guard._elements(statement, reader._handed_out.values())
    }
    functions = {kind for kind in held if issubclass(kind, sa.Function)}
    assert held - functions == guard._KINDS - {sa.Function}
    assert functions > {sa.Function}


def _reads_only_its_own(sql: str, dialect: str, branches: set[str]) -> bool:
    """Whether each table of the contract that belongs to branches is read under `branches`; sqlglot is the oracle."""
    (tree,) = sqlglot.parse(sql, read="postgres" if dialect == "postgresql" else dialect)
    assert tree is not None
    ctes = {cte.alias_or_name.lower() for cte in tree.find_all(sqlglot.exp.CTE)}
    assert not ctes & set(schema.metadata.tables)
    for table in tree.find_all(sqlglot.exp.Table):
        if table.name.lower() in ctes or table.name.lower() in OF_THE_STATEMENT:
            continue
        where = table.find_ancestor(sqlglot.exp.Select).args.get("where")
        if where is None or {literal.name for literal in where.find_all(sqlglot.exp.Literal)} != branches:
            return False
    return not list(tree.find_all(sqlglot.exp.Anonymous, sqlglot.exp.Command))


def _key_and_sql(statement, reader) -> tuple[object, str]:
    fresh = statement._clone()  # remembers no key
    return fresh._generate_cache_key().key, compiled.write(fresh, type(reader._warehouse.dialect(reader._version)))


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=60)
@given(data=st.data())
def test_no_text_in_any_part_of_a_statement_reads_more_than_it_may(dialect, data, warehouses):
    """A hostile text is put into one attribute; what passes both looks reads, by another parser, its own rows alone."""
    reader = Reader(viewer("B1", "B2"), warehouses[dialect])
    statement = data.draw(st.sampled_from(sorted(_legitimate(reader).items())), label="statement")[1]
    parts = guard._elements(statement, reader._handed_out.values())
    where = data.draw(st.sampled_from([text for part in parts for text in _texts(part)]), label="where")
    text = data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join))
    before = _key_and_sql(statement, reader)
    with _put(*where, text):
        try:
            frame = reader._checked(statement)
        except (DataError, sa.exc.SQLAlchemyError, AttributeError, LookupError, TypeError, ValueError):
            return
        assert len(frame.columns) > 0
        after = _key_and_sql(statement, reader)
        assert after[0] != before[0] or after[1] == before[1]  # what passed under a key stands for all that has it
        plain = type(warehouses[dialect].dialect(reader._version))()
        sql = str(statement.compile(dialect=plain, compile_kwargs={"literal_binds": True}))
    assert _reads_only_its_own(sql.replace("%%", "%"), dialect, {"B1", "B2"}), sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_oracle_knows_a_statement_that_reads_more(dialect):
    assert _reads_only_its_own("SELECT name FROM branch", dialect, {"B1"})
    assert _reads_only_its_own("SELECT x FROM (SELECT x FROM sale WHERE branch_id IN ('B1')) AS sale", dialect, {"B1"})
    assert not _reads_only_its_own("SELECT x FROM sale", dialect, {"B1"})
    assert not _reads_only_its_own("SELECT x FROM (SELECT x FROM sale WHERE branch_id IN ('B2')) AS s", dialect, {"B1"})


def _changed_elsewhere(r: Reader) -> dict[str, object]:
    """Pairs that differ in one thing which the second look has to see."""
    sale = r.table("sale")
    return {
        "as read": sa.select(sa.func.sum(sale.c.amount)).where(sale.c.channel == "a"),
        "another value": sa.select(sa.func.sum(sale.c.amount)).where(sale.c.channel == "b"),
        "another function": sa.select(sa.func.count(sale.c.amount)).where(sale.c.channel == "a"),
        "another name": sa.select(sa.func.sum(sale.c.amount).label("x")).where(sale.c.channel == "a"),
        "another column": sa.select(sa.func.sum(sale.c.amount)).where(sale.c.staff_id == "a"),
    }


def test_what_passed_is_not_looked_at_again_and_anything_else_is(warehouse, monkeypatch):
    looked: list[str] = []
    check = compiled.check
    monkeypatch.setattr(compiled, "check", lambda sql, *others: (looked.append(sql), check(sql, *others)))
    monkeypatch.setattr(warehouse, "passed", Passed(10))
    told = {}
    for branches in (("B1",), ("B2", "B3"), ()):
        reader = Reader(viewer(*branches), warehouse)
        for name, statement in _changed_elsewhere(reader).items():
            looked.clear()
            reader._checked(statement)
            told.setdefault(branches, {})[name] = len(looked)
    first = {"as read": 1, "another value": 0, "another function": 1, "another name": 1, "another column": 1}
    assert told == {("B1",): first, ("B2", "B3"): dict.fromkeys(first, 0), (): first}


def test_what_one_may_see_is_not_passed_for_who_may_not(warehouse, monkeypatch):
    monkeypatch.setattr(warehouse, "passed", Passed(10))
    trusted = Reader(viewer(), warehouse)
    trusted._checked(sa.select(trusted.table("sale").c.amount))
    plain = Reader(viewer(may_see_customers=False), warehouse)
    with pytest.raises(AccessError, match="may not see them"):
        plain._checked(sa.select(plain.table("sale").c.amount))


def test_what_is_refused_is_refused_again(warehouse, monkeypatch):
    monkeypatch.setattr(warehouse, "passed", Passed(10))
    monkeypatch.setattr(guard, "check", lambda *_: None)
    reader = Reader(viewer("B1"), warehouse)
    for _ in range(2):
        with pytest.raises(ScopeError, match="Nothing was read"):
            reader._checked(sa.select(SALE.c.amount))


def test_only_so_many_are_remembered_and_those_asked_last():
    passed = Passed(2)
    for key in ((1,), (2,)):
        passed.add(key)
    assert (1,) in passed
    passed.add((3,))
    assert [key in passed for key in ((1,), (2,), (3,))] == [True, False, True]


@pytest.mark.parametrize("scope", SCOPES, ids=["bank", "branches"])
def test_the_sources_of_a_select_are_those_that_sqlalchemy_compiles(scope, warehouses):
    reader = Reader(viewer(*scope), warehouses["duckdb"])
    for name, statement in _legitimate(reader).items():
        if isinstance(statement, sa.Select):
            ours, theirs = disclosure._sources(statement), statement.get_final_froms()
            assert [str(source) for source in ours] == [str(source) for source in theirs], name
            joined = [source for source in ours if not isinstance(source, sa.Join)]
            assert all(source in theirs for source in joined), name


def test_the_walk_alone_refuses_every_bypass(warehouses, monkeypatch):
    monkeypatch.setattr(compiled, "check", lambda *_: None)
    reader = Reader(viewer("B1"), warehouses["duckdb"])
    reader.table("sale")
    for name, statement in BYPASSES.items():
        with pytest.raises(ScopeError, match="Nothing was read"):
            pytest.fail(f"{name}: {reader.frame(statement(reader))}")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_either_look_is_enough_for_a_table_that_was_not_handed_out(dialect, warehouses, monkeypatch):
    monkeypatch.setattr(guard, "check", lambda *_: None)
    reader = Reader(viewer("B1"), warehouses[dialect])
    reader.table("sale")
    for name in (
        "raw table",
        "raw table in a CTE",
        "literal column",
        "parameter of a type",
        "a CTE that passes for a parent",
    ):
        with pytest.raises((ScopeError, sa.exc.CompileError)):
            reader.frame(BYPASSES[name](reader))


SINGLE = {
    "a row": lambda t: sa.select(t("sale").c.channel),
    "a name": lambda t: sa.select(t("customer").c.customer_id),
    "grouped by who it is": lambda t: _n(t("campaign_member").c.customer_id),
    "grouped by an identifier of the event": lambda t: _n(t("sale").c.sale_id),
    "grouped by an amount": lambda t: _n(t("sale").c.amount),
    "grouped by a moment": lambda t: _n(t("sale").c.sold_at),
    "grouped by a rank": lambda t: _n(
        sa.select(sa.func.row_number().over(order_by=t("sale").c.amount).label("place")).subquery().c.place
    ),
    "distinct": lambda t: sa.select(t("sale").c.customer_id).distinct(),
    "the largest": lambda t: sa.select(sa.func.max(t("sale").c.amount)),
    "the first": lambda t: sa.select(sa.func.min(t("sale").c.customer_id)),
    "a quantile": lambda t: sa.select(sa.func.percentile_disc(0.5).within_group(t("sale").c.amount)),
    "asked by name": lambda t: sa.select(sa.func.sum(t("sale").c.amount)).where(t("sale").c.customer_id == "00001"),
    "asked by name in a filter": lambda t: sa.select(
        sa.func.sum(t("sale").c.amount).filter(t("sale").c.customer_id.in_(["00001"]))
    ),
    "asked by name in a case": lambda t: sa.select(
        sa.func.sum(sa.case((t("sale").c.customer_id == "00001", t("sale").c.amount)))
    ),
    "asked by name in a value of a case": lambda t: sa.select(
        sa.func.sum(sa.case({"00001": 1}, value=t("sale").c.customer_id))
    ),
    "asked by name by way of a function": lambda t: sa.select(
        sa.func.sum(t("sale").c.amount).filter(sa.func.nullif(t("sale").c.customer_id, "00001").is_(None))
    ),
    "asked by name in a join": lambda t: sa.select(sa.func.count()).select_from(
        t("branch").join(t("customer"), t("customer").c.customer_id == "00001")
    ),
    "a sum over a group of one": lambda t: sa.select(
        sa.select(t("sale").c.customer_id, sa.func.sum(t("sale").c.amount).label("total"))
        .group_by(t("sale").c.customer_id)
        .subquery()
        .c.total
    ),
    "grouped by a sum over a group of one": lambda t: _n(
        sa.select(t("sale").c.customer_id, sa.func.sum(t("sale").c.amount).label("total"))
        .group_by(t("sale").c.customer_id)
        .subquery()
        .c.total
    ),
    "a nested value": lambda t: sa.select(sa.select(t("sale").c.channel).limit(1).scalar_subquery().label("x")),
    "in a union": lambda t: sa.union_all(sa.select(t("branch").c.name), sa.select(t("sale").c.channel)),
    "grouped by a running sum": lambda t: _n(
        sa.select(sa.func.sum(t("sale").c.amount).over(order_by=t("sale").c.sold_at).label("so_far"))
        .subquery()
        .c.so_far
    ),
    "a running sum": lambda t: sa.select(sa.func.sum(t("sale").c.amount).over(order_by=t("sale").c.sold_at)),
}


def _n(key):
    return sa.select(key, sa.func.count().label("n")).group_by(key)


@pytest.mark.parametrize("statement", SINGLE.values(), ids=SINGLE)
def test_who_may_not_see_customers_gets_aggregates_only(statement, warehouses):
    reader = Reader(viewer(may_see_customers=False), warehouses["duckdb"])
    with pytest.raises(AccessError, match="may not see them"):
        reader.frame(statement(reader.table))
    allowed = Reader(viewer(), warehouses["duckdb"])
    assert len(allowed.frame(statement(allowed.table)).columns) > 0
    again = Reader(viewer(may_see_customers=False), warehouses["duckdb"])
    with pytest.raises(AccessError, match="may not see them"):  # what another was shown is kept, and not for them
        again.frame(statement(again.table))


def test_what_many_share_may_be_told_once_each(warehouses):
    reader = Reader(viewer(may_see_customers=False), warehouses["duckdb"])
    sold = reader.frame(sa.select(reader.table("sale").c.product_id).distinct())
    assert len(sold) == sold["product_id"].nunique(dropna=False) > 1


@pytest.fixture
def read_once(monkeypatch) -> None:
    """What an engine answered to one reader stands for another who asks it the same of the same rows."""
    read, kept = Reader._read, {}

    def answered(reader, statement, scope=None):
        asked = reader._key(statement)
        assert asked is not None
        key = asked._replace(viewer=(scope or reader.scope,))
        if key not in kept:
            kept[key] = read(reader, statement, scope)
        return kept[key].copy()

    monkeypatch.setattr(Reader, "_read", answered)


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("scope", SCOPES, ids=["bank", "branches"])
@pytest.mark.parametrize("function", EXAMPLES, ids=lambda f: f"{f.__module__.rpartition('.')[2]}.{f.__name__}")
def test_every_query_is_an_aggregate(function, scope, warehouses):
    """A page looks the same to who may see customers and to who may not, but for the lists of customers."""
    plain, trusted = (Reader(viewer(*scope, may_see_customers=may), warehouses["duckdb"]) for may in (False, True))
    for number, arguments in enumerate(EXAMPLES[function]):
        if scope not in in_turn(SCOPES, number):
            continue
        if function in LISTS:
            with pytest.raises(AccessError, match="may not see them"):
                function(plain, **arguments)
            continue
        assert_frame_equal(function(plain, **arguments), function(trusted, **arguments))
