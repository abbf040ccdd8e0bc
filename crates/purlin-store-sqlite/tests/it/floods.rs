//! Many clients at once who ask for what takes long: the others hardly notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use purlin_core::operation::Count;
use purlin_core::schema::CompareOp;
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::statement::{Filter, Guarded, Read};
use purlin_store_sqlite::Config;
use purlin_testkit::conformance::{Build, Kit};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::limits::{insert_tags, kit, none_among, slow};

const LONG_READS: usize = 2;
const WAIT: Duration = Duration::from_millis(150);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

fn flooded(folder: &tempfile::TempDir) -> Kit {
    let kit = kit(folder, |config| Config {
        read_timeout: Duration::from_millis(700),
        long_read_after: Duration::from_millis(100),
        long_reads: LONG_READS,
        long_read_wait: WAIT,
        ..config
    });
    insert_tags(&kit, 0..400).unwrap();
    kit
}

/// The error's code, or the bytes of the answer.
fn read(
    kit: &Kit,
    filter: impl FnOnce(&Build<'_>) -> Filter,
) -> impl Future<Output = Result<String, &'static str>> + Send + 'static {
    let b = kit.build();
    let shape = Arc::new(b.many("Tag", "id", filter(&b)));
    let read = Read { shape, params: b.into_params(), count: Count::None };
    let (store, read) = (Arc::clone(&kit.store), Guarded::as_system(read, "test"));
    async move {
        let mut sink = JsonSink::with_prefix(r#"{"data":"#, 64);
        match store.read(&read, &mut sink).await {
            Ok(_) => Ok(String::from_utf8(sink.into_bytes()).unwrap()),
            Err(error) => {
                // Whatever was written in vain is not in the way of another try.
                assert!(sink.rewind(8) && sink.len() == 8);
                Err(error.code())
            }
        }
    }
}

/// As many different shapes as there are numbers.
fn padded(build: &Build<'_>, filter: Filter, number: usize) -> Filter {
    let more = (0..number).map(|_| build.compare("Tag.id", CompareOp::GreaterOrEqual, &json!(0)));
    Filter::all(more.chain([filter]))
}

/// A read that writes rows before it takes long.
fn slow_in_the_middle(build: &Build<'_>, number: usize) -> Filter {
    padded(build, Filter::any([build.eq("Tag.id", &json!(0)), slow(build)]), number)
}

#[test]
fn a_flood_of_long_reads_is_refused_and_short_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let kit = flooded(&folder);
    let stop = Arc::new(AtomicBool::new(false));
    runtime().block_on(async {
        let flood: Vec<_> = (0..48)
            .map(|client| {
                let (kit, stop) = (kit.clone(), Arc::clone(&stop));
                tokio::spawn(async move {
                    let (mut answers, mut soon) = (0, 0);
                    for round in 0.. {
                        // A third thinks of a new shape each time.
                        let number = if client % 3 == 0 { 1 + round * 16 + client / 3 } else { 0 };
                        let start = Instant::now();
                        let answer = read(&kit, |b| slow_in_the_middle(b, number)).await;
                        assert_eq!(answer, Err("UNAVAILABLE"));
                        answers += 1;
                        soon += usize::from(start.elapsed() < 2 * WAIT);
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    (answers, soon)
                })
            })
            .collect();
        let mut times = Vec::new();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            let id = i64::try_from(times.len() % 400).unwrap();
            let begun = Instant::now();
            let one = tokio::spawn(read(&kit, |b| b.eq("Tag.id", &json!(id)))).await.unwrap();
            times.push(begun.elapsed());
            assert_eq!(one, Ok(format!(r#"{{"data":[{{"id":{id}}}]"#)));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.store(true, Ordering::Relaxed);
        let (mut answers, mut soon) = (0, 0);
        for client in flood {
            let (more, more_soon) = client.await.unwrap();
            answers += more;
            soon += more_soon;
        }
        times.sort();
        let median = times[times.len() / 2];
        // The median, since the machine may be busy with other tests.
        assert!(median < Duration::from_millis(25), "{median:?}");
        // Those that found no place were told so at once, and they are most.
        assert!(soon * 2 > answers, "{soon} of {answers}");
    });
    // And when it is over, it is over.
    kit.check("after a flood", &json!([{"id": 1}]), |b| b.many("Tag", "id", b.eq("Tag.id", &json!(1))));
}

#[test]
fn many_new_shapes_at_once_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let kit = flooded(&folder);
    runtime().block_on(async {
        let many: Vec<_> = (0..128)
            .map(|client| tokio::spawn(read(&kit, |b| padded(b, b.eq("Tag.id", &json!(client)), client / 2))))
            .collect();
        for (client, answer) in many.into_iter().enumerate() {
            assert_eq!(answer.await.unwrap(), Ok(format!(r#"{{"data":[{{"id":{client}}}]"#)));
        }
    });
}

/// More such reads than places, and more than the long ones would wait for: each gets its turn.
#[test]
fn reads_that_are_only_slow_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let kit = kit(&folder, |config| Config {
        long_reads: LONG_READS,
        long_read_after: Duration::from_secs(4),
        long_read_wait: WAIT,
        ..config
    });
    insert_tags(&kit, 0..300).unwrap();
    let all: Vec<_> = (0..300).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    // Nothing is left of the rows that were written before a read started over.
    let all = format!(r#"{{"data":[{}]"#, all.join(","));
    let pairs = |b: &Build<'_>, number| padded(b, Filter::Not(Box::new(none_among(b, 2))), number);
    runtime().block_on(async {
        let start = Instant::now();
        let many: Vec<_> = (0..64).map(|client| tokio::spawn(read(&kit, |b| pairs(b, client % 4)))).collect();
        for answer in many {
            assert_eq!(answer.await.unwrap().as_deref(), Ok(all.as_str()));
        }
        assert!(start.elapsed() > WAIT, "{:?}", start.elapsed());
    });
}

/// A shape that took long once does not hold up the other tasks of its worker again.
#[test]
fn long_reads_run_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let limit = Duration::from_millis(500);
    let kit = kit(&folder, |config| Config { read_timeout: limit, ..config });
    insert_tags(&kit, 0..400).unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    runtime.block_on(async {
        assert!(tokio::spawn(read(&kit, slow)).await.unwrap().is_err());
        let long = tokio::spawn(read(&kit, slow));
        tokio::time::sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        let rows = tokio::spawn(read(&kit, |b| b.eq("Tag.id", &json!(1)))).await.unwrap();
        assert_eq!(rows.as_deref(), Ok(r#"{"data":[{"id":1}]"#));
        assert!(start.elapsed() < limit / 2, "{:?}", start.elapsed());
        assert!(long.await.unwrap().is_err());
    });
}
