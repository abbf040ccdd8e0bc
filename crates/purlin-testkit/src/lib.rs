//! What tests of several crates share: the policy oracle and, for stores, the conformance suite.
