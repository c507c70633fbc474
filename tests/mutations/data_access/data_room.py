"""Faults of the data room beside its queries: what may be read, which version is current, what a load lets in."""

from tests.mutations.mutation import Mutation

_READING, _VERSIONS, _LOADING = "data_access/reading", "data_access/versions", "data_access/loading"
_TESTS = "tests/data_access"
_READER, _GUARD = f"{_TESTS}/reading/test_reader.py", f"{_TESTS}/reading/test_guard.py"
_COMPILED, _SECURITY = f"{_TESTS}/reading/test_compiled.py", f"{_TESTS}/reading/test_row_security.py"
_STORE, _DAMAGE = f"{_TESTS}/versions/test_versions.py", f"{_TESTS}/faults/test_damage.py"
_CONTRACT, _CROWD = f"{_TESTS}/versions/test_contract.py", f"{_TESTS}/faults/test_crowd.py"
_CLOCK, _EARLY = f"{_TESTS}/loading/test_clock.py", f"{_TESTS}/loading/test_tables_that_end_early.py -k duckdb"
_LOAD, _REFUSALS = f"{_TESTS}/loading/test_load.py", f"{_TESTS}/loading/test_refusals.py"
_DATA = f"{_TESTS}/queries/test_data.py -k duckdb"
_REACH = f"{_TESTS}/loading/test_reach.py"

_READS = [
    Mutation(
        "data_access/cache.py",
        "if not isinstance(kind, np.dtype) or kind.hasobject]",
        "if False]",
        f"{_TESTS}/test_cache.py",
    ),
    Mutation("data_access/cache.py", "+ len(frame) * sum(plain)", "+ sum(plain)", f"{_TESTS}/test_cache.py"),
    Mutation(f"{_READING}/reader.py", "self.viewer.may_see_customers, how)", "how)", f"{_GUARD} -k aggregates_only"),
    Mutation(f"{_READING}/reader.py", "repr([value.effective_value for value in made.bindparams])", '""', _READER),
    Mutation(f"{_READING}/reader.py", "if len(rows) > most:", "if len(rows) > most + 1:", f"{_READER} -k whole_table"),
    Mutation(f"{_READING}/reader.py", "(page - 1) * size", "page * size", f"{_READER} -k 'page_by_page and duckdb'"),
    Mutation(
        f"{_READING}/reader.py",
        "disclosure.check(statement, self._handed_out)",
        "pass",
        f"{_GUARD} -k aggregates_only",
    ),
    Mutation(f"{_READING}/reader.py", "scope or self.scope", "scope or WHOLE_BANK", f"{_SECURITY} -k opened_for_its"),
    Mutation(f"{_READING}/reader.py", "compiled.check(compiled", "(lambda *_: 0)(compiled", f"{_GUARD} -k either_look"),
    Mutation(f"{_READING}/scope.py", 'if column.info["counts"]', "if False", _DATA),
    Mutation(f"{_READING}/scope.py", "            return _public(table)\n", "            return sa.true()\n", _DATA),
    Mutation(f"{_READING}/clock.py", "timedelta(days=2)", "timedelta(days=3)", f"{_EARLY}"),
    Mutation(f"{_READING}/clock.py", "return min((self.as_of, *(", "return max((self.as_of, *(", f"{_EARLY}"),
    Mutation(f"{_READING}/compiled.py", 'and node["table_name"].lower() not in named', "and False", _COMPILED),
    Mutation(f"{_READING}/compiled.py", "if any(node.get(name) for name in _NEVER)", "if False", _COMPILED),
    Mutation(f"{_READING}/compiled.py", 'node["cast_type"]["id"] not in _CAST_TO', "False", _COMPILED),
    Mutation(f"{_READING}/compiled.py", 'len(found["statements"]) != 1', 'not found["statements"]', _COMPILED),
    Mutation(f"{_READING}/compiled.py", "in self.reserved and alias != table", "in self.reserved and False", _COMPILED),
    Mutation(f"{_READING}/compiled.py", 'or node["schema"] not in _BUILT_IN', "", _COMPILED),
    Mutation(
        f"{_READING}/guard.py", "_plain(declared)\n    if (closer", "pass\n    if (closer", f"{_GUARD} -k walk_alone"
    ),
    Mutation(f"{_READING}/benchmark.py", "COUNTS_TO = 5", "COUNTS_TO = 1", f"{_READER} -k benchmark"),
    Mutation(f"{_READING}/row_security.py", "return SEPARATOR + SEPARATOR", "return SEPARATOR", _SECURITY),
    Mutation(f"{_READING}/guard.py", '        "_prefixes",\n', "", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", "or name.lower() in reserved", "", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", "if element.literal_execute or", "if", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", "    yield from element.get_children()\n", "", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", "    _operators(own)\n", "", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", "isinstance(value, str) and len(value) > 1", "False", f"{_GUARD} -k walk_alone"),
    Mutation(f"{_READING}/guard.py", '        "schema",\n', "", f"{_GUARD} -k walk_alone"),
    Mutation(
        f"{_READING}/reader.py",
        "(self.viewer.may_see_customers, made.key)",
        "(True, made.key)",
        f"{_GUARD} -k who_may_not",
    ),
    Mutation(
        f"{_READING}/reader.py",
        "asked not in self._warehouse.passed",
        "False",
        f"{_GUARD} -k 'not_looked_at_again or refused_again'",
    ),
    Mutation(
        "data_access/cache.py",
        "            self._held.move_to_end(key)\n            return True",
        "            return True",
        f"{_GUARD} -k asked_last",
    ),
    Mutation(f"{_READING}/disclosure.py", "and any(map(_given, parts))", "and False", f"{_GUARD} -k aggregates_only"),
    Mutation(
        f"{_READING}/disclosure.py",
        "in RANKS | AGGREGATES else told",
        "in RANKS else told",
        f"{_GUARD} -k aggregates_only",
    ),
    Mutation(
        f"{_READING}/disclosure.py", "        if single:  #", "        if False:  #", f"{_GUARD} -k aggregates_only"
    ),
    Mutation(f"{_READING}/disclosure.py", "if select._distinct:", "if False:", f"{_GUARD} -k many_share"),
    Mutation(
        f"{_READING}/benchmark.py",
        "branch.not_in(sorted(scope.branches))\n    enough",
        "branch.in_(sorted(scope.branches))\n    enough",
        f"{_READER} -k benchmark",
    ),
    Mutation(f"{_READING}/benchmark.py", "+ 3.0 * (digits > 2)", "", f"{_READER} -k benchmark"),
    Mutation(f"{_READING}/benchmark.py", ">= settings.benchmark_branches", "> 0", f"{_READER} -k benchmark"),
    Mutation(f"{_READING}/row_security.py", '("ENABLE", "FORCE")', '("ENABLE",)', _SECURITY),
    Mutation(
        f"{_READING}/row_security.py",
        "OR branch_id IS NULL AND {} <> '')",
        "OR branch_id IS NULL OR {} = 'x')",
        _SECURITY,
    ),
]

_KEEPS = [
    Mutation(
        f"{_VERSIONS}/postgresql.py",
        "if not rows and (there := self._schemas()):",
        "if False and (there := []):",
        f"{_DAMAGE} -k 'lost_pointer_is_damage or emptied'",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "path.stat().st_size != written",
        "path.stat().st_size > written",
        f"{_DAMAGE} -k last_byte",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "        draft.path.chmod(OWNER_ONLY)\n",
        "        draft.path.chmod(0o644)\n",
        f"{_STORE} -k owner_alone",
    ),
    Mutation(
        f"{_VERSIONS}/postgresql.py",
        "ORDER BY number NULLS FIRST, published_at",
        "ORDER BY published_at",
        f"{_STORE} -k clock_is_slow",
    ),
    Mutation(
        f"{_VERSIONS}/postgresql.py",
        "if version is None or version.id != draft.id:",
        "if version is None:",
        f"{_STORE} -k published_and_not_current",
    ),
    Mutation(
        f"{_VERSIONS}/postgresql.py",
        'connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))',
        "pass",
        f"{_STORE} -k lock_is_free",
    ),
    Mutation(
        f"{_VERSIONS}/postgresql_tables.py", 'if name.startswith(f"{view}_{LAYOUT}")', "if name", f"{_REACH} -k layout"
    ),
    Mutation(
        f"{_VERSIONS}/store.py", "versions[: names.index(chosen.id) + 1]", "versions", f"{_DAMAGE} -k what_came_after"
    ),
    Mutation(
        f"{_VERSIONS}/scratch.py",
        "            with FileLock(lock_file, mode=0o600, timeout=0):\n                shutil",
        "            if True:\n                shutil",
        f"{_STORE} -k killed_load_left",
    ),
    Mutation(f"{_VERSIONS}/contract.py", "elif name not in told:", "else:", f"{_DAMAGE} -k missing_or_cut"),
    Mutation(
        f"{_VERSIONS}/postgresql_tables.py", "        told.append(prints[seen])\n", "", f"{_STORE} -k decides_who"
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "published + 1, datetime.now",
        "len(versions) + 1, datetime.now",
        f"{_STORE} -k 'twice and duckdb'",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "if self.current() != version:",
        "if False:",
        f"{_TESTS}/faults/test_disk_full.py -k not_called_current",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "if not all(self._path(version).is_file() for version in versions):",
        "if False:",
        f"{_DAMAGE} -k 'swept and duckdb'",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        'record.info.pop("timer").cancel()',
        'record.info.pop("timer")',
        f"{_CROWD} -k 'would_not_end and duckdb'",
    ),
    Mutation(
        f"{_VERSIONS}/folder.py",
        "if found := self._files():",
        "if found := []:",
        f"{_DAMAGE} -k 'lost_pointer_is_damage and duckdb'",
    ),
    Mutation(f"{_VERSIONS}/store.py", "KEPT = 2", "KEPT = 1", f"{_STORE} -k 'kept_and_rollback and duckdb'"),
    Mutation(f"{_VERSIONS}/contract.py", "if (name, column.name) not in held", "if False", f"{_CONTRACT} -k duckdb"),
    Mutation(
        f"{_VERSIONS}/folder.py", "Timer(seconds, ", "Timer(60 * seconds, ", f"{_CROWD} -k 'would_not_end and duckdb'"
    ),
    Mutation(
        f"{_VERSIONS}/postgresql.py",
        "limits.query_seconds * 1000",
        "limits.query_seconds * 60_000",
        f"{_CROWD} -k 'would_not_end and postgresql'",
    ),
]

_LOADS = [
    Mutation(
        f"{_LOADING}/load.py", "loaded_at DESC, rowid DESC LIMIT", "loaded_at, rowid LIMIT", f"{_LOAD} -k last_word"
    ),
    Mutation(
        f"{_LOADING}/checks.py",
        '+ f" UNION ALL SELECT {key} FROM candidate" * (parent == table)',
        "",
        f"{_LOAD} {_REFUSALS}",
    ),
    Mutation(
        f"{_LOADING}/reach.py",
        '({"campaign_member"} if "campaign" in brought else set[str]())',
        "set[str]()",
        f"{_REACH} -k 'whole_copy or windows'",
    ),
    Mutation(
        f"{_LOADING}/reach.py",
        "changed.intersection(_seen_through(name))",
        "False",
        f"{_REACH} -k 'whole_copy or moves_with'",
    ),
    Mutation(
        f"{_LOADING}/draft.py",
        "(shown.keys() | record.left) - record.changed",
        "shown.keys() - record.changed",
        f"{_REACH} -k whole_copy",
    ),
    Mutation(
        f"{_LOADING}/load.py",
        'if not {"campaign", "campaign_member"} & record.left:',
        "if False:",
        f"{_LOAD} -k longer_window",
    ),
    Mutation(
        f"{_LOADING}/draft.py", "<= getvariable('until') THEN", "< getvariable('until') THEN", f"{_CLOCK} -k itself"
    ),
    Mutation(
        f"{_LOADING}/draft.py", "(shown.keys() | record.left) - record.changed", "shown.keys() | record.left", _EARLY
    ),
    Mutation(f"{_LOADING}/draft.py", "daily & record.given", "shown.keys() & record.given", _EARLY),
    Mutation(
        f"{_LOADING}/rules.py",
        "WHEN {later} < {earlier} THEN",
        "WHEN {later} <= {earlier} THEN",
        f"{_REFUSALS} -k same_moment",
    ),
    Mutation(
        f"{_LOADING}/rules.py",
        "day} = date_trunc('day', {earlier})) ",
        "day} <= date_trunc('day', {earlier})) ",
        f"{_LOAD} {_REFUSALS}",
    ),
    Mutation(
        f"{_LOADING}/refusals.py", "rejected <= max(self.rows", "rejected <= 1 + max(self.rows", f"{_LOAD} {_REFUSALS}"
    ),
    Mutation(f"{_LOADING}/refusals.py", "[=+@\\t", "[+@\\t", f"{_REFUSALS} -k formula"),
    Mutation(f"{_LOADING}/checks.py", "WHERE many > 1", "WHERE many > 2", f"{_LOAD} {_REFUSALS}"),
    Mutation(
        f"{_LOADING}/load.py",
        "None if outdated else _loaded_before(connection, source)",
        "_loaded_before(connection, source)",
        f"{_CONTRACT} -k 'mends and duckdb'",
    ),
]

_STAFF = [
    Mutation(
        "data_access/reading/colleagues.py",
        "first.day != 1 or (last + timedelta(days=1)).day != 1",
        "first.day != 1",
        "tests/data_access/reading/test_colleagues.py -k day_more",
    ),
    Mutation(
        "data_access/reading/colleagues.py",
        "told = frame[where >= fewest_branches]",
        "told = frame",
        "tests/data_access/reading/test_colleagues.py -k bear_no_name",
    ),
    Mutation(
        "data_access/reading/colleagues.py",
        "sa.func.count().filter(others) >= settings.benchmark_customers",
        "sa.func.count() >= settings.benchmark_customers",
        "tests/data_access/reading/test_colleagues.py -k too_few_others",
    ),
    Mutation(
        "data_access/queries/staff.py",
        'later.c["assessed_at"] > rated.c["assessed_at"]',
        'later.c["assessed_at"] < rated.c["assessed_at"]',
        "tests/data_access/queries/test_staff.py -k rating_of_its_day",
    ),
    Mutation(
        "data_access/queries/staff.py",
        'rated.c["valid_until"] >= sold_on',
        'rated.c["valid_until"] > date(1900, 1, 1)',
        "tests/data_access/queries/test_staff.py -k rating_of_its_day",
    ),
]

_LISTED = f"{_TESTS}/queries/test_boundaries_of_lists.py"
_EDGES = [
    Mutation(
        "data_access/queries/customer_lists.py",
        'return every.c["happened_on"].is_not(None)',
        "return sa.true()",
        f"{_LISTED} -k 'ends_where and duckdb'",
    ),
    Mutation(
        "data_access/queries/customer_lists.py",
        "measures.days_between(reached, came) <= 7",
        "measures.days_between(reached, came) <= 8",
        f"{_LISTED} -k 'ends_where and duckdb'",
    ),
    Mutation(
        "data_access/queries/evidence.py",
        "day.year * 12 + day.month - 1",
        "day.year * 12 + day.month",
        f"{_LISTED} -k 'whole_days and duckdb'",
    ),
]

_AUDIENCE = [
    Mutation("data_access/audience.py", old, new, f"tests/data_access/queries/test_audience.py -k '{killed_by}'")
    for old, new, killed_by in (
        ('newest.c["valid_until"] >= whom.starts_on', 'newest.c["valid_until"] > whom.starts_on', "was_meant"),
        ('newest.c["rating"] < f"C', 'newest.c["rating"] <= f"C', "was_meant"),
        ('rating.c["assessed_at"].desc()', 'rating.c["assessed_at"]', "was_meant"),
        ('campaign.c["ends_on"] >= whom.starts_on', 'campaign.c["ends_on"] > whom.starts_on', "was_meant"),
        ("timedelta(days=rules.contact_days - 1)", "timedelta(days=rules.contact_days)", "was_meant"),
        ('contact.c["direction"], "outbound") == "outbound"', 'contact.c["direction"], "x") != "x"', "was_meant"),
        ('consent.c["purpose"] == "marketing"', "sa.true()", "was_meant"),
        (">= len(whom.channels))", ">= 1)", "enough"),
        ('tag.c["value"].in_(values)', 'tag.c["value"].not_in(values)', "add_up_to_the_audience"),
    )
]

_EXPECTED = [
    Mutation("data_access/door/access.py", old, new, "tests/data_access/door/test_access.py -k expected")
    for old, new in (
        ("person.scope, person.may_see_customers), person", "person.scope, True), person"),
        ("not one.scope.whole_bank, -len", "one.scope.whole_bank, -len"),
    )
]

MUTATIONS = [*_READS, *_KEEPS, *_LOADS, *_STAFF, *_EDGES, *_AUDIENCE, *_EXPECTED]
