//! All of it on PostgreSQL.

use purlin_migrate::MigrationDialect;

use crate::{adoption, baseline, drift, faults, pull, random_walks, rolling, servers, values};

const POSTGRES: MigrationDialect = MigrationDialect::Postgres;

#[test]
fn what_is_created_reads_back_the_same() {
    servers::reads_back_the_same(POSTGRES);
}

#[test]
fn a_change_leads_there_and_keeps_rows() {
    servers::leads_there_and_keeps_rows(POSTGRES);
}

#[test]
fn without_rows_every_change_goes_both_ways() {
    servers::goes_both_ways(POSTGRES);
}

#[test]
fn cases() {
    servers::cases(POSTGRES);
}

#[test]
fn every_order_of_work_ends_well() {
    servers::every_order_of_work_ends_well(POSTGRES);
}

#[test]
fn concurrent_deploys_apply_once() {
    servers::concurrent_deploys_apply_once(POSTGRES);
}

#[test]
fn a_held_lock_is_named() {
    let take = "SELECT pg_advisory_lock(hashtextextended('purlin migrations ' || current_schema(), 0))";
    servers::a_held_lock_is_named(POSTGRES, take);
}

#[test]
fn broken_deployments_go_on() {
    faults::deployments(POSTGRES);
}

#[test]
fn broken_development_goes_on() {
    faults::development(POSTGRES);
}

#[test]
fn values_move_between_types() {
    values::move_between_types(POSTGRES);
}

#[test]
fn values_are_made_row_by_row() {
    values::are_made_row_by_row(POSTGRES);
}

#[test]
fn values_follow_enums_and_lists() {
    values::follow_enums_and_lists(POSTGRES);
}

#[test]
#[ignore = "asks for a folder of schemas in PURLIN_TEST_SCHEMAS"]
fn schemas_of_a_folder() {
    servers::schemas_of_a_folder(POSTGRES);
}

#[test]
fn databases_of_prisma_are_taken_as_they_are() {
    adoption::of_prisma(POSTGRES);
}

#[test]
fn values_become_bytes() {
    values::become_bytes(POSTGRES);
}

#[test]
fn databases_are_pulled() {
    pull::databases(POSTGRES);
}

#[test]
fn databases_are_taken_over() {
    baseline::takes_over(POSTGRES);
}

#[test]
fn what_was_created_is_pulled_the_same() {
    pull::created_schemas(POSTGRES);
}

#[test]
fn lives_of_random_apps() {
    random_walks::lives(POSTGRES, 4);
}

#[test]
fn both_versions_serve_between_two_migrations() {
    rolling::both_versions(POSTGRES);
}

#[test]
fn drift_is_settled() {
    drift::is_settled(POSTGRES);
}
