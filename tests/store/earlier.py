"""Databases as older versions left them: what came later is taken away."""

from typing import Final

BEFORE_FAULTS: Final = """
    DROP TABLE faults;
    DROP INDEX jobs_by_state;
    DROP INDEX jobs_by_agent;
    DROP INDEX jobs_of_owner;
    DROP INDEX jobs_by_worker;
    DROP INDEX jobs_of_owner_finished;
    ALTER TABLE jobs DROP COLUMN state;
    ALTER TABLE jobs DROP COLUMN owner;
"""
BEFORE_MEASURES: Final = f"""
    {BEFORE_FAULTS}
    DROP TABLE measured_runs;
    DROP TABLE measured_work;
    DROP TABLE measured_waits;
    DROP TABLE measured_failures;
"""
