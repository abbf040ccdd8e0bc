//! All of it on the MySQL family.

use purlin_migrate::{Failure, MigrationConnection as _, MigrationDialect};

use crate::database::Database as _;
use crate::server::Server;
use crate::{adoption, baseline, drift, faults, pull, random_walks, rollback, rolling, servers, values};

const MYSQL: MigrationDialect = MigrationDialect::MySql;

#[test]
fn what_is_created_reads_back_the_same() {
    servers::reads_back_the_same(MYSQL);
}

#[test]
fn a_change_leads_there_and_keeps_rows() {
    servers::leads_there_and_keeps_rows(MYSQL);
}

#[test]
fn without_rows_every_change_goes_both_ways() {
    servers::goes_both_ways(MYSQL);
}

#[test]
fn cases() {
    servers::cases(MYSQL);
}

#[test]
fn every_order_of_work_ends_well() {
    servers::every_order_of_work_ends_well(MYSQL);
}

#[test]
fn concurrent_deploys_apply_once() {
    servers::concurrent_deploys_apply_once(MYSQL);
}

#[test]
fn a_held_lock_is_named() {
    servers::a_held_lock_is_named(MYSQL, "SELECT GET_LOCK(concat('purlin ', md5(database())), 0)");
}

#[test]
fn broken_deployments_go_on() {
    faults::deployments(MYSQL);
}

#[test]
fn broken_development_goes_on() {
    faults::development(MYSQL);
}

#[test]
fn values_move_between_types() {
    values::move_between_types(MYSQL);
}

#[test]
fn values_are_made_row_by_row() {
    values::are_made_row_by_row(MYSQL);
}

#[test]
fn values_follow_enums_and_lists() {
    values::follow_enums_and_lists(MYSQL);
}

#[test]
#[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
fn schemas_of_a_folder() {
    servers::schemas_of_a_folder(MYSQL);
}

#[test]
fn databases_of_prisma_are_taken_as_they_are() {
    adoption::of_prisma(MYSQL);
}

#[test]
fn limits_of_keys_are_named() {
    adoption::limits_are_named();
}

/// A second try of a statement that was cut off has to know this.
#[test]
fn what_is_done_already_is_told_from_other_failures() {
    let mut server = Server::new(MYSQL);
    server.run("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int, a_id int, x int)");
    for (sql, is_done) in [
        ("CREATE TABLE c (id int)", true),
        ("ALTER TABLE b ADD INDEX b_idx (a_id)", true),
        ("ALTER TABLE b ADD CONSTRAINT b_fkey FOREIGN KEY (a_id) REFERENCES a (id)", true),
        ("ALTER TABLE b ADD PRIMARY KEY (id)", true),
        ("ALTER TABLE b ADD COLUMN y int", true),
        ("ALTER TABLE b RENAME COLUMN y TO z", true),
        ("ALTER TABLE b DROP COLUMN z", true),
        ("ALTER TABLE b DROP FOREIGN KEY b_fkey", true),
        ("ALTER TABLE b RENAME INDEX b_idx TO b_other", true),
        ("ALTER TABLE b DROP INDEX b_other", true),
        ("RENAME TABLE c TO d", true),
        ("DROP TABLE d", true),
        ("INSERT INTO a VALUES (1)", false),
    ] {
        server.execute(sql, &[]).unwrap();
        let error = server.execute(sql, &[]).unwrap_err();
        assert_eq!(error.failure == Failure::AlreadyDone, is_done, "{sql}: {error}");
    }
}

#[test]
fn values_become_bytes() {
    values::become_bytes(MYSQL);
}

#[test]
fn databases_are_pulled() {
    pull::databases(MYSQL);
}

#[test]
fn databases_are_taken_over() {
    baseline::takes_over(MYSQL);
}

#[test]
fn what_was_created_is_pulled_the_same() {
    pull::created_schemas(MYSQL);
}

#[test]
fn lives_of_random_apps() {
    random_walks::lives(MYSQL, 3);
}

#[test]
fn a_rollback_stops_and_goes_on() {
    rollback::stops_and_goes_on(MYSQL);
}

#[test]
fn what_is_committed_in_part_goes_on() {
    rollback::what_is_committed_in_part_goes_on(MYSQL);
}

#[test]
fn both_versions_serve_between_two_migrations() {
    rolling::both_versions(MYSQL);
}

#[test]
fn drift_is_settled() {
    drift::is_settled(MYSQL);
}
