//! What the processes did, in files outside the database: one line for each deed, written at once with a single call, so
//! that a kill leaves whole lines. What is in the page cache outlives the process.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// One deed; the numbers are of the job and of its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The transaction that took the job in is committed.
    Acknowledged {
        job: i64,
        poison: bool,
    },
    /// It is about to be canceled; whether it was may never be known.
    Canceling {
        job: i64,
    },
    Begun {
        job: i64,
        attempt: i64,
    },
    /// The transaction that ended it is committed.
    Published {
        job: i64,
        attempt: i64,
    },
}

pub(crate) struct Ledger(File);

impl Ledger {
    /// One file for each process.
    pub(crate) fn open(folder: &Path, process: u64) -> Ledger {
        let path = folder.join(format!("{process}.ledger"));
        Ledger(OpenOptions::new().create(true).append(true).open(path).expect("the ledger opens"))
    }

    pub(crate) fn write(&self, deeds: &[Deed]) {
        let mut lines = String::new();
        for deed in deeds {
            lines += &match deed {
                Deed::Acknowledged { job, poison } => format!("acknowledged {job} {}\n", i64::from(*poison)),
                Deed::Canceling { job } => format!("canceling {job} 0\n"),
                Deed::Begun { job, attempt } => format!("begun {job} {attempt}\n"),
                Deed::Published { job, attempt } => format!("published {job} {attempt}\n"),
            };
        }
        (&self.0).write_all(lines.as_bytes()).expect("the ledger takes a line");
    }
}

/// All deeds of all processes.
pub(crate) fn read(folder: &Path) -> Vec<(u64, Deed)> {
    let mut deeds = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the ledger's folder can be read") {
        let path = entry.expect("it has entries").path();
        let Some(process) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".ledger")?.parse().ok())
        else {
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("a ledger can be read");
        // The last line may be cut: a deed that was not written down.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        deeds.extend(whole.lines().map(|line| (process, parse(line))));
    }
    deeds
}

fn parse(line: &str) -> Deed {
    let words: Vec<&str> = line.split(' ').collect();
    let [deed, job, number] = words[..] else { panic!("no line of a ledger: {line}") };
    let (job, number) = (job.parse().expect("a job's number"), number.parse().expect("a number"));
    match deed {
        "acknowledged" => Deed::Acknowledged { job, poison: number == 1 },
        "canceling" => Deed::Canceling { job },
        "begun" => Deed::Begun { job, attempt: number },
        "published" => Deed::Published { job, attempt: number },
        other => panic!("no deed: {other}"),
    }
}
