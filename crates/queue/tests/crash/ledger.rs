//! What the processes did, in files outside the database: one line for each deed, written at once with a single call, so
//! that a kill leaves whole lines. What is in the page cache outlives the process.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// One deed; the numbers are of the job and of its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The process has the database open and is about to work.
    Started,
    /// The transaction that took the job in is committed.
    Acknowledged {
        job: i64,
    },
    /// It is about to be canceled; whether it was may never be known.
    Canceling {
        job: i64,
    },
    Begun {
        job: i64,
        attempt: i64,
    },
    /// The attempt fails, and is to be tried again later.
    Failed {
        job: i64,
        attempt: i64,
    },
    /// The transaction that ended it is committed.
    Published {
        job: i64,
        attempt: i64,
    },
}

impl Deed {
    pub(crate) fn job(self) -> Option<i64> {
        match self {
            Deed::Started => None,
            Deed::Acknowledged { job }
            | Deed::Canceling { job }
            | Deed::Begun { job, .. }
            | Deed::Failed { job, .. }
            | Deed::Published { job, .. } => Some(job),
        }
    }
}

/// A deed with the process that did it, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) process: u64,
    pub(crate) at_ms: i64,
    pub(crate) deed: Deed,
}

pub(crate) struct Ledger(File);

pub(crate) fn now_ms() -> i64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    i64::try_from(time.as_millis()).expect("it is not that late")
}

impl Ledger {
    /// One file for each process.
    pub(crate) fn open(folder: &Path, process: u64) -> Ledger {
        let path = folder.join(format!("{process}.ledger"));
        Ledger(OpenOptions::new().create(true).append(true).open(path).expect("the ledger opens"))
    }

    pub(crate) fn write(&self, deeds: &[Deed]) {
        let (mut lines, now) = (String::new(), now_ms());
        for deed in deeds {
            lines += &match deed {
                Deed::Started => format!("{now} started 0 0\n"),
                Deed::Acknowledged { job } => format!("{now} acknowledged {job} 0\n"),
                Deed::Canceling { job } => format!("{now} canceling {job} 0\n"),
                Deed::Begun { job, attempt } => format!("{now} begun {job} {attempt}\n"),
                Deed::Failed { job, attempt } => format!("{now} failed {job} {attempt}\n"),
                Deed::Published { job, attempt } => format!("{now} published {job} {attempt}\n"),
            };
        }
        (&self.0).write_all(lines.as_bytes()).expect("the ledger takes a line");
    }
}

/// All deeds of all processes, in the order of time.
pub(crate) fn read(folder: &Path) -> Vec<Entry> {
    let mut entries = Vec::new();
    for file in std::fs::read_dir(folder).expect("the ledger's folder can be read") {
        let path = file.expect("it has entries").path();
        let Some(process) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".ledger")?.parse().ok())
        else {
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("a ledger can be read");
        // The last line may be cut: a deed that was not written down.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        entries.extend(whole.lines().map(|line| parse(process, line)));
    }
    entries.sort_by_key(|entry| entry.at_ms);
    entries
}

fn parse(process: u64, line: &str) -> Entry {
    let words: Vec<&str> = line.split(' ').collect();
    let [at_ms, deed, job, attempt] = words[..] else { panic!("no line of a ledger: {line}") };
    let [at_ms, job, attempt] = [at_ms, job, attempt].map(|number| number.parse().expect("a number"));
    let deed = match deed {
        "started" => Deed::Started,
        "acknowledged" => Deed::Acknowledged { job },
        "canceling" => Deed::Canceling { job },
        "begun" => Deed::Begun { job, attempt },
        "failed" => Deed::Failed { job, attempt },
        "published" => Deed::Published { job, attempt },
        other => panic!("no deed: {other}"),
    };
    Entry { process, at_ms, deed }
}
