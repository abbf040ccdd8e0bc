//! The MySQL store: executes guarded statements on MySQL, MariaDB or TiDB.
