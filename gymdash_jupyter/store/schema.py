"""The tables of a project's database.

GymDash's three tables stand as GymDash 0.1.4 makes them, to the letter, so that its own code goes on working on the
same file. Ours stand beside them; every reference to GymDash's tables cascades, else GymDash's deletes would fail.

What GymDash's tables hold: ``sim_id`` as UUID text, times as naive local text, booleans as 0 or 1, ``config`` and
``start_kwargs`` as JSON. Our tables hold times as seconds since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GYMDASH_TABLES: Mapping[str, str] = {
    "simulations": """CREATE TABLE IF NOT EXISTS simulations (
    sim_id UUID PRIMARY KEY,
    name TEXT,
    created TIMESTAMP,
    started TIMESTAMP,
    ended TIMESTAMP,
    is_done BOOL,
    cancelled BOOL,
    failed BOOL,
    force_stopped BOOL,
    config SIMULATIONCONFIG,
    start_kwargs KWARGS,
    sim_type_name TEXT,
    sim_module_name TEXT
)""",
    "sim_status": """CREATE TABLE IF NOT EXISTS sim_status (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sim_id INTEGER NOT NULL,
    time TIMESTAMP,
    code INTEGER,
    subcode INTEGER,
    details TEXT,
    error_trace TEXT,
    FOREIGN KEY (sim_id) REFERENCES simulations (sim_id)
)""",
    "api_calls": """CREATE TABLE IF NOT EXISTS api_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    time TIMESTAMP,
    code INTEGER,
    details TEXT
)""",
}

# sim_id is declared UUID here too: both sides of a join must have the same affinity, or no index serves it.
TABLES_OF_VERSION_1: Mapping[str, str] = {
    "project_clock": """CREATE TABLE IF NOT EXISTS project_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tick INTEGER NOT NULL
)""",
    "simulation_ticks": """CREATE TABLE IF NOT EXISTS simulation_ticks (
    sim_id UUID PRIMARY KEY REFERENCES simulations (sim_id) ON DELETE CASCADE,
    tick INTEGER NOT NULL,
    record_tick INTEGER NOT NULL
)""",
    "tombstones": """CREATE TABLE IF NOT EXISTS tombstones (
    sim_id UUID PRIMARY KEY,
    tick INTEGER NOT NULL
)""",
    "runtime": """CREATE TABLE IF NOT EXISTS runtime (
    sim_id UUID PRIMARY KEY REFERENCES simulations (sim_id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    sim_key TEXT NOT NULL,
    launcher TEXT NOT NULL DEFAULT '',
    parent_id UUID,
    created REAL,
    started REAL,
    ended REAL,
    owner_domain TEXT,
    owner_pid INTEGER,
    owner_started TEXT,
    owner_host TEXT,
    heartbeat INTEGER NOT NULL DEFAULT 0,
    progress_current REAL,
    progress_total REAL,
    progress_status TEXT,
    progress_time REAL,
    stop_asked REAL,
    result TEXT,
    log_rows INTEGER NOT NULL DEFAULT 0,
    log_points INTEGER NOT NULL DEFAULT 0
)""",
    "status_times": """CREATE TABLE IF NOT EXISTS status_times (
    status_id INTEGER PRIMARY KEY REFERENCES sim_status (id) ON DELETE CASCADE,
    time REAL NOT NULL
)""",
    "series": """CREATE TABLE IF NOT EXISTS series (
    series_id INTEGER PRIMARY KEY,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    n INTEGER NOT NULL,
    folded INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    last_value REAL,
    tick INTEGER NOT NULL,
    UNIQUE (sim_id, key)
)""",
    "scalar_log": """CREATE TABLE IF NOT EXISTS scalar_log (
    log_id INTEGER PRIMARY KEY,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    points BLOB NOT NULL
)""",
    "scalar_chunks": """CREATE TABLE IF NOT EXISTS scalar_chunks (
    chunk_id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (series_id) ON DELETE CASCADE,
    first_index INTEGER NOT NULL,
    n INTEGER NOT NULL,
    steps BLOB NOT NULL,
    times BLOB NOT NULL,
    "values" BLOB NOT NULL,
    UNIQUE (series_id, first_index)
)""",
    "media": """CREATE TABLE IF NOT EXISTS media (
    media_id INTEGER PRIMARY KEY,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    time REAL NOT NULL,
    info TEXT NOT NULL
)""",
    "commands": """CREATE TABLE IF NOT EXISTS commands (
    command_id INTEGER PRIMARY KEY AUTOINCREMENT,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    value TEXT NOT NULL,
    is_forced BOOL NOT NULL,
    time REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'answered', 'withdrawn')),
    answer TEXT,
    error TEXT NOT NULL DEFAULT ''
)""",
    "control_requests": """CREATE TABLE IF NOT EXISTS control_requests (
    request_number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    details TEXT NOT NULL,
    subkeys TEXT NOT NULL,
    time REAL NOT NULL,
    is_open BOOL NOT NULL
)""",
}

TABLES_OF_VERSION_2: Mapping[str, str] = {
    "queue": """CREATE TABLE IF NOT EXISTS queue (
    sim_id UUID PRIMARY KEY REFERENCES simulations (sim_id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    order_text TEXT NOT NULL,
    signature TEXT NOT NULL
)""",
    "keeper": """CREATE TABLE IF NOT EXISTS keeper (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    domain TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    host TEXT NOT NULL,
    address TEXT NOT NULL
)""",
    "settings": """CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)""",
    "environment": """CREATE TABLE IF NOT EXISTS environment (
    sim_id UUID PRIMARY KEY REFERENCES simulations (sim_id) ON DELETE CASCADE,
    facts TEXT NOT NULL
)""",
}

# The number is the order of creation in the project; AUTOINCREMENT never gives one to another simulation.
TABLES_OF_VERSION_3: Mapping[str, str] = {
    "labels": """CREATE TABLE IF NOT EXISTS labels (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sim_id UUID NOT NULL UNIQUE REFERENCES simulations (sim_id) ON DELETE CASCADE,
    tags TEXT NOT NULL DEFAULT '[]',
    note TEXT NOT NULL DEFAULT '',
    colour INTEGER
)""",
    "presets": """CREATE TABLE IF NOT EXISTS presets (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (kind, name)
)""",
}

TABLES_OF_VERSION_4: Mapping[str, str] = {
    "resource_samples": """CREATE TABLE IF NOT EXISTS resource_samples (
    sample_id INTEGER PRIMARY KEY,
    sim_id UUID NOT NULL REFERENCES simulations (sim_id) ON DELETE CASCADE,
    time REAL NOT NULL,
    cpu REAL NOT NULL,
    memory_bytes INTEGER NOT NULL,
    gpu REAL,
    gpu_memory_bytes INTEGER
)""",
}

OUR_TABLES: Mapping[str, str] = {
    **TABLES_OF_VERSION_1,
    **TABLES_OF_VERSION_2,
    **TABLES_OF_VERSION_3,
    **TABLES_OF_VERSION_4,
}

IS_OPEN = "state IN ('queued', 'setting_up', 'running', 'paused')"
"""Which rows of ``runtime`` the index of open simulations holds; a query must say it in these words to use it."""

INDEXES_OF_VERSION_1: tuple[str, ...] = (
    "CREATE INDEX IF NOT EXISTS simulation_ticks_by_tick ON simulation_ticks (tick)",
    "CREATE INDEX IF NOT EXISTS tombstones_by_tick ON tombstones (tick)",
    "CREATE INDEX IF NOT EXISTS scalar_log_by_simulation ON scalar_log (sim_id)",
    "CREATE INDEX IF NOT EXISTS media_by_simulation ON media (sim_id)",
    "CREATE INDEX IF NOT EXISTS commands_by_simulation ON commands (sim_id)",
    "CREATE INDEX IF NOT EXISTS commands_waiting ON commands (sim_id, command_id) WHERE state = 'waiting'",
    "CREATE INDEX IF NOT EXISTS control_requests_by_simulation ON control_requests (sim_id)",
    "CREATE INDEX IF NOT EXISTS control_requests_open ON control_requests (time) WHERE is_open",
)

INDEXES_OF_VERSION_2: tuple[str, ...] = (
    f"CREATE INDEX IF NOT EXISTS runtime_open ON runtime (state, launcher) WHERE {IS_OPEN}",
)

INDEXES_OF_VERSION_4: tuple[str, ...] = (
    "CREATE INDEX IF NOT EXISTS resource_samples_by_simulation ON resource_samples (sim_id)",
)

# A delete, also one that GymDash makes, and also its DROP TABLE, reaches simulation_ticks as a cascade; a cascade fires
# triggers where DROP TABLE itself would not.
OUR_TRIGGERS: tuple[str, ...] = (
    """CREATE TRIGGER IF NOT EXISTS simulation_gone AFTER DELETE ON simulation_ticks BEGIN
    UPDATE project_clock SET tick = tick + 1;
    INSERT OR REPLACE INTO tombstones (sim_id, tick) SELECT old.sim_id, tick FROM project_clock;
END""",
)

# These hang on GymDash's tables and vanish when GymDash drops and makes its tables anew; the next write restores them.
ATTACHMENTS: tuple[str, ...] = (
    "CREATE INDEX IF NOT EXISTS sim_status_by_simulation ON sim_status (sim_id)",
    "CREATE INDEX IF NOT EXISTS simulations_by_creation ON simulations (created)",
    """CREATE TRIGGER IF NOT EXISTS simulation_added AFTER INSERT ON simulations BEGIN
    UPDATE project_clock SET tick = tick + 1;
    DELETE FROM tombstones WHERE sim_id = new.sim_id;
    INSERT OR REPLACE INTO simulation_ticks (sim_id, tick, record_tick)
        SELECT new.sim_id, tick, tick FROM project_clock;
END""",
    """CREATE TRIGGER IF NOT EXISTS simulation_numbered AFTER INSERT ON simulations BEGIN
    INSERT OR IGNORE INTO labels (sim_id) VALUES (new.sim_id);
END""",
    """CREATE TRIGGER IF NOT EXISTS simulation_changed AFTER UPDATE ON simulations BEGIN
    UPDATE project_clock SET tick = tick + 1;
    UPDATE simulation_ticks
        SET tick = (SELECT tick FROM project_clock), record_tick = (SELECT tick FROM project_clock)
        WHERE sim_id = new.sim_id;
END""",
    """CREATE TRIGGER IF NOT EXISTS status_added AFTER INSERT ON sim_status BEGIN
    UPDATE project_clock SET tick = tick + 1;
    UPDATE simulation_ticks
        SET tick = (SELECT tick FROM project_clock), record_tick = (SELECT tick FROM project_clock)
        WHERE sim_id = new.sim_id;
END""",
)
