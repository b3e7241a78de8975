"""Where the databases' languages differ: each word here is compiled for the one that it is said to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class now_ms(GenericFunction[int]):  # noqa: N801 - named as SQL functions are, like sqlalchemy.func.now
    """The moment by the database's clock, in milliseconds since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _now_ms_sqlite(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(now_ms, "postgresql")
def _now_ms_postgresql(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


class json_field(GenericFunction[str]):  # noqa: N801 - the same
    """Of a JSON object in a column of text, a field as text: `json_field(column, "name")`."""

    type = Text()
    inherit_cache = True


@compiles(json_field, "sqlite")
def _json_field_sqlite(element: json_field, compiler: SQLCompiler, **options: Any) -> str:
    whole, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({whole} ->> {name})"


@compiles(json_field, "postgresql")
def _json_field_postgresql(element: json_field, compiler: SQLCompiler, **options: Any) -> str:
    whole, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST({whole} AS JSON) ->> {name})"


class holds(GenericFunction[bool]):  # noqa: N801 - the same
    """Whether a text has another one in it, letter by letter: faster than LIKE, and without its signs."""

    type = Boolean()
    inherit_cache = True


@compiles(holds, "sqlite")
def _holds_sqlite(element: holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(holds, "postgresql")
def _holds_postgresql(element: holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


class json_items(GenericFunction[str]):  # noqa: N801 - the same
    """The items of a JSON list that is given as text, each in a row's `value`."""

    type = Text()
    inherit_cache = True


@compiles(json_items, "sqlite")
def _json_items_sqlite(element: json_items, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(json_items, "postgresql")
def _json_items_postgresql(element: json_items, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **options)} AS JSON))"
