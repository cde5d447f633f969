use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use handbill_db::db_test;

use super::*;
use crate::actions::Kind;
use crate::actions::first_start::first_token;
use crate::test_app::{TestApp, test_app_with};
use crate::upkeep::{self, Chore};

const HOUR_MS: i64 = 3_600_000;

/// Stores a file and, if it is to be known, its row, as old as is said.
async fn put(app: &TestApp, key: &str, kind: Option<ObjectKind>, age_ms: i64, expires_at_ms: Option<i64>) {
    let key = BlobKey::parse(key).unwrap();
    app.blobs.put(&key, *b"12345").await.unwrap();
    let at = SystemTime::now() - Duration::from_millis(age_ms.unsigned_abs());
    let path = app.config.storage.data_dir.join("files").join(key.as_str());
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    if let Some(kind) = kind {
        let mut tx = app.db.begin().await.unwrap();
        let object = [NewObject::new(key, 5)];
        object::record(&mut tx, 1, kind, &object, clock::now_ms() - age_ms, expires_at_ms).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The keys in the store.
async fn stored(app: &TestApp) -> Vec<String> {
    let mut listing = app.blobs.list("");
    let mut keys = Vec::new();
    while let Some(page) = listing.next_page().await.unwrap() {
        keys.extend(page.into_iter().map(|file| file.key));
    }
    keys
}

async fn bytes_known(app: &TestApp) -> i64 {
    usage(app, None).await.unwrap().iter().map(|usage| usage.bytes).sum()
}

async fn app_with(db: handbill_db::Db, results_days: u32) -> TestApp {
    let app = test_app_with(db, |config| config.retention.results_days = results_days).await;
    first_token(&app).await.unwrap();
    app
}

db_test!(
    async fn files_go_when_their_time_has_come(db: Db) {
        let app = app_with(db, 2).await;
        let now_ms = clock::now_ms();
        put(&app, "server/1/uploads/old.png", Some(ObjectKind::Result), 2 * DAY_MS + HOUR_MS, None).await;
        put(&app, "server/1/uploads/young.png", Some(ObjectKind::Result), 2 * DAY_MS - HOUR_MS, None).await;
        // No rule for uploads, and never one for assets.
        put(&app, "private/1/a/upload.png", Some(ObjectKind::Upload), 900 * DAY_MS, None).await;
        put(&app, "server/1/uploads/asset.png", Some(ObjectKind::Asset), 900 * DAY_MS, None).await;
        // An end of its own.
        put(&app, "private/1/a/ends.png", Some(ObjectKind::Upload), HOUR_MS, Some(now_ms - 1)).await;
        put(&app, "private/1/a/ends-later.png", Some(ObjectKind::Upload), HOUR_MS, Some(now_ms + HOUR_MS)).await;
        let deleted = expire(&app, now_ms, None).await.unwrap();
        assert_eq!(deleted, Deleted { files: 2, bytes: 10 });
        let kept = ["private/1/a/ends-later.png", "private/1/a/upload.png", "server/1/uploads/asset.png"];
        assert_eq!(stored(&app).await, [&kept[..], &["server/1/uploads/young.png"]].concat());
        assert_eq!(bytes_known(&app).await, 20);
        assert_eq!(expire(&app, now_ms, None).await.unwrap(), Deleted::default());
    }
);

db_test!(
    async fn without_a_rule_everything_stays(db: Db) {
        let app = app_with(db, 0).await;
        put(&app, "server/1/uploads/old.png", Some(ObjectKind::Result), 9_000 * DAY_MS, None).await;
        assert_eq!(expire(&app, clock::now_ms(), None).await.unwrap(), Deleted::default());
        assert_eq!(stored(&app).await.len(), 1);
    }
);

db_test!(
    async fn orphans_are_swept_and_missing_files_are_told(db: Db) {
        let app = app_with(db, 0).await;
        put(&app, "server/1/uploads/known.png", Some(ObjectKind::Result), 48 * HOUR_MS, None).await;
        put(&app, "server/1/uploads/orphan.png", None, 48 * HOUR_MS, None).await;
        put(&app, "server/1/uploads/under-way.png", None, HOUR_MS, None).await;
        put(&app, "elsewhere/orphan.png", None, 48 * HOUR_MS, None).await;
        for (key, age_ms) in [
            ("private/1/x/first.png", 48 * HOUR_MS),
            ("server/1/uploads/m-between.png", 48 * HOUR_MS),
            ("server/9/uploads/last.png", 48 * HOUR_MS),
            ("server/9/uploads/young.png", HOUR_MS),
        ] {
            put(&app, key, Some(ObjectKind::Result), age_ms, None).await;
            app.blobs.delete(&BlobKey::parse(key).unwrap()).await.unwrap();
        }
        let before_ms = clock::now_ms() - 24 * HOUR_MS;
        let missing = ["private/1/x/first.png", "server/1/uploads/m-between.png", "server/9/uploads/last.png"];
        let expected = Sweep {
            files: 3,
            bytes: 15,
            orphans: Deleted { files: 1, bytes: 5 },
            swept: false,
            missing: missing.map(str::to_owned).to_vec(),
        };
        assert_eq!(sweep(&app, before_ms, false, None).await.unwrap(), expected);
        assert_eq!(stored(&app).await.len(), 5); // with the file that says whose the store is
        assert_eq!(sweep(&app, before_ms, true, None).await.unwrap(), Sweep { swept: true, ..expected });
        let left = ["elsewhere/orphan.png", "handbill-installation", "server/1/uploads/known.png"];
        assert_eq!(stored(&app).await, [&left[..], &["server/1/uploads/under-way.png"]].concat());
    }
);

db_test!(
    async fn many_files_are_swept_page_by_page(db: Db) {
        let app = app_with(db, 0).await;
        let files = app.config.storage.data_dir.join("files/server/1/uploads");
        std::fs::create_dir_all(&files).unwrap();
        let old = SystemTime::now() - Duration::from_secs(48 * 3600);
        let mut known = Vec::new();
        for index in 0..2_500 {
            let name = format!("{index:05}.png");
            File::create(Path::new(&files).join(&name)).unwrap().set_modified(old).unwrap();
            if index % 5 == 0 {
                known.push(NewObject::new(BlobKey::parse(&format!("server/1/uploads/{name}")).unwrap(), 0));
            }
        }
        let mut tx = app.db.begin().await.unwrap();
        object::record(&mut tx, 1, ObjectKind::Result, &known, 0, None).await.unwrap();
        tx.commit().await.unwrap();
        let found = sweep(&app, clock::now_ms() - HOUR_MS, true, None).await.unwrap();
        assert_eq!((found.files, found.orphans.files, found.missing.len()), (2_500, 2_000, 0));
        assert_eq!(stored(&app).await.len(), 501);
        // Nothing is done without the lease.
        let lost = Lease { db: app.db.clone(), name: "sweep orphans", holder: "nobody".to_owned(), lease_ms: 1 };
        let none = sweep(&app, clock::now_ms(), true, Some(&lost)).await.unwrap();
        assert_eq!(none.files, 0);
    }
);

db_test!(
    async fn the_store_of_another_installation_is_left_alone(db: Db) {
        let app = app_with(db, 0).await;
        put(&app, "server/1/uploads/theirs.png", None, 48 * HOUR_MS, None).await;
        let owner = BlobKey::parse("handbill-installation").unwrap();
        app.blobs.put(&owner, *b"another").await.unwrap();
        let error = sweep(&app, clock::now_ms(), true, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        assert!(error.message.contains("another installation") && error.message.contains("handbill-installation"));
        assert_eq!(stored(&app).await.len(), 2);
        app.blobs.delete(&owner).await.unwrap();
        assert_eq!(sweep(&app, clock::now_ms() - HOUR_MS, true, None).await.unwrap().orphans.files, 1);
        assert_eq!(sweep(&app, clock::now_ms() - HOUR_MS, true, None).await.unwrap().orphans.files, 0);
    }
);

db_test!(
    async fn one_process_at_a_time_looks_after_the_files(db: Db) {
        let app = app_with(db, 0).await;
        put(&app, "server/1/uploads/orphan.png", None, 48 * HOUR_MS, None).await;
        // Another has the lease; then it has died.
        let mut tx = app.db.begin().await.unwrap();
        assert!(crate::store::chore::take(&mut tx, "sweep orphans", "other", 60_000, 0).await.unwrap());
        assert!(!crate::store::chore::take(&mut tx, "sweep orphans", "me", 60_000, 0).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!upkeep::run(&app, Chore::Sweep, "me").await.unwrap());
        let mut tx = app.db.begin().await.unwrap();
        assert!(crate::store::chore::renew(&mut tx, "sweep orphans", "other", -1).await.unwrap());
        tx.commit().await.unwrap();
        assert!(upkeep::run(&app, Chore::Sweep, "me").await.unwrap());
        assert_eq!(stored(&app).await, ["handbill-installation"]);
        // It was done, and is not due again.
        assert!(!upkeep::run(&app, Chore::Sweep, "me").await.unwrap());
        let mut tx = app.db.begin().await.unwrap();
        assert!(!crate::store::chore::renew(&mut tx, "sweep orphans", "other", 1).await.unwrap());
        tx.commit().await.unwrap();
    }
);

db_test!(
    async fn usage_is_counted_by_account_and_kind(db: Db) {
        let app = app_with(db, 0).await;
        put(&app, "server/1/uploads/a.png", Some(ObjectKind::Result), 0, None).await;
        put(&app, "server/1/uploads/b.png", Some(ObjectKind::Result), 0, None).await;
        put(&app, "private/1/a/c.png", Some(ObjectKind::Upload), 0, None).await;
        let found = usage(&app, Some(1)).await.unwrap();
        let found: Vec<_> = found.iter().map(|u| (u.kind.as_str(), u.files, u.bytes)).collect();
        assert_eq!(found, [("result", 2, 10), ("upload", 1, 5)]);
        assert_eq!(usage(&app, Some(2)).await.unwrap(), []);
    }
);
