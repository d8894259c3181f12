"""The SQLite store keeps the contract."""

from tests.store.store_cases import StoreCases


class TestSqliteStore(StoreCases):
    pass
