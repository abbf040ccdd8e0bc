//! All of it on the MySQL family.

use purlin_migrate::MigrationDialect;

use crate::{adoption, faults, servers, values};

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
