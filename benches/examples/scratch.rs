use checkagent::cassette::key::Keyer;
use checkagent::cassette::*;
use checkagent::*;
use checkagent_benches::agent::*;
use checkagent_benches::synthetic::*;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: usize = args[2].parse().unwrap();
    match args[1].as_str() {
        "case" | "silent" | "loop" => {
            let way = match args[1].as_str() {
                "case" => Way::InProcess,
                "silent" => Way::Silent,
                _ => Way::Loopback,
            };
            let saved = Saved::new(JOB);
            let suite = suite(saved.path(), way, Untouched { sites: 1 });
            let mut times: Vec<_> = (0..n)
                .map(|_| {
                    let t = Instant::now();
                    suite.run(first_case(&suite)).unwrap();
                    t.elapsed()
                })
                .collect();
            times.sort();
            println!("min {:?} p10 {:?} median {:?}", times[0], times[n / 10], times[n / 2]);
        }
        "all" => {
            let saved = Saved::new(JOB);
            let suite = suite(saved.path(), Way::InProcess, Untouched { sites: 256 });
            let mut times: Vec<_> = (0..n)
                .map(|_| {
                    let t = Instant::now();
                    let r = suite.run_all().unwrap();
                    t.elapsed() / r.len() as u32
                })
                .collect();
            times.sort();
            println!(
                "{} min {:?} p10 {:?} median {:?}",
                suite.matrix().cases.len(),
                times[0],
                times[n / 10],
                times[n / 2]
            );
        }
        "write" => {
            cassette(n).save(&args[3]).unwrap();
        }
        "load" => {
            let saved = Saved::new(LARGE);
            let mut times: Vec<_> = (0..n)
                .map(|_| {
                    let t = Instant::now();
                    let c = Cassette::load(saved.path()).unwrap();
                    let t = t.elapsed();
                    drop(c);
                    t
                })
                .collect();
            times.sort();
            println!("min {:?} p10 {:?} median {:?}", times[0], times[n / 10], times[n / 2]);
        }
        "post" | "get" => {
            let c = cassette(1200);
            let mut k = Keyer::new(Matching::default());
            for i in c.interactions() {
                k.key(CHANNEL, &i.request);
                k.served(&i.reply);
            }
            let r: Vec<_> = c.interactions().iter().filter(|i| matches!(&i.request, Request::Http(h) if if args[1] == "post" { h.method == "POST" } else { h.target.contains("?") })).map(|i| i.request.clone()).collect();
            let mut best = f64::MAX;
            for _ in 0..n {
                let t = Instant::now();
                for r in &r {
                    std::hint::black_box(k.key(CHANNEL, r));
                }
                best = best.min(t.elapsed().as_nanos() as f64 / r.len() as f64);
            }
            println!("min {best:.0} ns");
        }
        "list" => {
            let c = cassette(args[3].parse().unwrap());
            let mut times: Vec<_> = (0..n)
                .map(|_| {
                    let r = Recording::new(c.clone(), vec![]);
                    let t = Instant::now();
                    let m = Matrix::expand(&plan("x"), &r).unwrap();
                    let t = t.elapsed();
                    if n == 1 {
                        for (k, v) in &m.left_out {
                            println!("{k} {v}");
                        }
                        println!("{}", m.cases.len());
                    }
                    t
                })
                .collect();
            times.sort();
            println!("min {:?} median {:?}", times[0], times[n / 2]);
        }
        "replay" => {
            let saved = Saved::new(args[3].parse().unwrap());
            let t = Instant::now();
            let suite = suite(saved.path(), Way::InProcess, Untouched { sites: 1 });
            println!("baseline x2 {:?}", t.elapsed());
            for _ in 0..n {
                let t = Instant::now();
                let r = suite.run(first_case(&suite)).unwrap();
                println!("{:?} {}", t.elapsed(), r.verdict.kind);
            }
        }
        "lost" => {
            let saved = Saved::new(args[3].parse().unwrap());
            let suite = suite(saved.path(), Way::InProcess, mutation::builtin::server_error());
            let all: Vec<_> = suite
                .matrix()
                .cases
                .iter()
                .filter(|c| suite.recording().changed_something(c.site().interaction))
                .collect();
            for c in all.iter().take(n) {
                let t = Instant::now();
                let r = suite.run(c).unwrap();
                println!("{} {:?} {} {:.200}", c.name(), t.elapsed(), r.verdict.kind, r.verdict.because);
            }
        }
        "drift" => {
            let saved = Saved::new(args[3].parse().unwrap());
            let suite = suite(saved.path(), Way::InProcess, mutation::builtin::null_field());
            for c in suite.matrix().cases.iter().take(n) {
                let t = Instant::now();
                let r = suite.run(c).unwrap();
                println!("{} {:?} {} {:.200}", c.name(), t.elapsed(), r.verdict.kind, r.verdict.because);
            }
        }
        "dump" => {
            let saved = Saved::new(n);
            let c = Cassette::load(saved.path()).unwrap();
            for (i, k) in c.interactions().iter().zip(key::of_recording(&Matching::default(), c.interactions())) {
                assert_eq!(i.key, k);
                println!("{} {}", i.number, k);
            }
            println!("{:?}", c.header());
            println!("{}", c.to_text().len());
            let mut all = mutation::standard();
            all.push(std::sync::Arc::new(FailedEffect));
            let s = Suite::load(plan("replay").cassette(&saved.path().display().to_string()).mutations(all))
                .unwrap_or_else(|_| suite(saved.path(), Way::InProcess, FailedEffect));
            // named standard operators may be inapplicable: fall back to each alone
            drop(s);
            let mut seen = 0;
            for op in mutation::standard()
                .into_iter()
                .chain([std::sync::Arc::new(FailedEffect) as std::sync::Arc<dyn Operator>])
            {
                let id = op.id();
                let Ok(_) = Suite::load(
                    plan("replay").cassette(&saved.path().display().to_string()).mutations(vec![op.clone()]),
                ) else {
                    println!("{id} inapplicable");
                    continue;
                };
                struct Wrap(std::sync::Arc<dyn Operator>);
                impl Operator for Wrap {
                    fn id(&self) -> &'static str {
                        self.0.id()
                    }
                    fn family(&self) -> mutation::Family {
                        self.0.family()
                    }
                    fn truth(&self) -> mutation::Truth {
                        self.0.truth()
                    }
                    fn sites(&self, r: &Recording) -> Vec<mutation::Site> {
                        self.0.sites(r)
                    }
                    fn bend(&self, s: &mutation::Site, r: &Recording) -> mutation::Bend {
                        self.0.bend(s, r)
                    }
                    fn follow_up(&self, s: &mutation::Site, r: &Recording, q: &Request) -> Option<mutation::FollowUp> {
                        self.0.follow_up(s, r, q)
                    }
                    fn values(&self, s: &mutation::Site, r: &Recording) -> Option<mutation::Values> {
                        self.0.values(s, r)
                    }
                }
                let suite = suite(saved.path(), Way::InProcess, Wrap(op));
                println!("{id} left out {:?}", suite.matrix().left_out);
                for case in &suite.matrix().cases {
                    println!("{} {:?}", case.name(), case.site());
                    seen += 1;
                    let skip = args.get(3).is_some_and(|every| seen % every.parse::<usize>().unwrap() != 0);
                    if skip {
                        continue;
                    }
                    let r = suite.run(case).unwrap();
                    println!("   {:?} {:?} {:?}", r.verdict, r.run.ending, r.values_tried);
                    for c in &r.run.ledger.calls {
                        println!("      {:?}", c);
                    }
                    println!("   {:?} {}", r.run.unused, r.run.elapsed_ms);
                }
            }
        }
        _ => panic!(),
    }
}
