//! The commands as they are typed: the real program, each time on a data folder of its own.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `handbill` with no configuration but these arguments and variables.
fn run(data_dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANDBILL_")) {
        command.env_remove(name);
    }
    command.args(args).arg("--data-dir").arg(data_dir).envs(env.iter().copied()).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8")
}

/// The JSON that a command prints; it must succeed.
fn json(data_dir: &Path, args: &[&str]) -> Value {
    let output = run(data_dir, &[args, &["--json"]].concat(), &[]);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What a command says when it fails; it must fail.
fn complaint(data_dir: &Path, args: &[&str], env: &[(&str, &str)]) -> String {
    let output = run(data_dir, args, env);
    assert!(!output.status.success(), "{args:?} succeeded: {}", text(&output.stdout));
    assert!(output.stdout.is_empty());
    text(&output.stderr)
}

#[test]
fn accounts_and_tokens_are_made_listed_and_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let data = &dir.path().join("data");
    let names = ["--name", "Ada's", "--email", "ada@example.com", "--first-name", "Ada", "--last-name", "Lovelace"];
    let account = json(data, &[&["account", "create"], &names[..], &["--time-zone", "Europe/London"]].concat());
    assert_eq!((&account["id"], &account["time_zone"]), (&Value::from(1), &Value::from("Europe/London")));
    assert_eq!(json(data, &["account", "list"]), Value::from(vec![account]));

    let hook = "https://example.com/hook";
    let made = json(data, &["token", "create", "--name", "CI", "--webhook-url", hook, "--expires-in-days", "30"]);
    assert!(made["token"].as_str().unwrap().starts_with("hb_"));
    assert!(made["webhook_secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!((&made["account_id"], &made["webhook_url"]), (&Value::from(1), &Value::from(hook)));

    let listed = json(data, &["token", "list", "--account", "1"]);
    assert_eq!(listed[0]["prefix"].as_str().unwrap(), &made["token"].as_str().unwrap()[..9]);
    let printed = listed.to_string();
    assert!(!printed.contains(made["token"].as_str().unwrap()) && !printed.contains("whsec_"), "{printed}");
    assert_eq!(json(data, &["token", "list", "--account", "2"]), Value::Array(Vec::new()));

    let narrow = json(data, &["token", "create", "--name", "narrow", "--scopes", "batch,render"]);
    assert_eq!(narrow["scopes"], serde_json::json!(["render", "batch"]));
    assert!(listed[0]["revoked_at"].is_null());
    let revoked = json(data, &["token", "revoke", "1"]);
    assert!(revoked["revoked_at"].is_string());
    assert!(text(&run(data, &["token", "list"], &[]).stdout).contains("revoked 20"));
}

#[test]
fn a_token_without_an_account_is_the_first_accounts() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(json(dir.path(), &["token", "create", "--name", "first"])["account_id"], 1);
    json(dir.path(), &["account", "create", "--name", "Second", "--email", "b@example.com"]);
    assert_eq!(json(dir.path(), &["token", "create", "--name", "again"])["account_id"], 1);
    assert_eq!(json(dir.path(), &["token", "create", "--name", "other", "--account", "2"])["account_id"], 2);
}

#[test]
fn commands_work_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(move || json(data, &["token", "create", "--name", "at once"]));
        }
    });
    assert_eq!(json(data, &["account", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(json(data, &["token", "list"]).as_array().unwrap().len(), 6);
}

#[test]
fn people_are_told_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    for (args, expected) in [
        (
            &["account", "create", "--name", " ", "--email", "x"][..],
            "name can't be blank; email is not an e-mail address",
        ),
        (&["token", "create", "--name", "a", "--account", "7"], "handbill: there is no account 7"),
        (&["token", "create", "--name", "a", "--webhook-url", "example.com"], "webhook_url is not an address"),
        (&["token", "create", "--name", "a", "--scopes", "rendr"], "`rendr` is not a scope; there are all, render"),
        (&["token", "revoke", "7"], "handbill: there is no token 7"),
        (&["config", "--listen", "nowhere"], "write ADDR:PORT, as in 127.0.0.1:8080"),
    ] {
        let complaint = complaint(data, args, &[]);
        assert!(complaint.contains(expected), "{args:?}: {complaint}");
    }
    let nowhere = data.join("file/inside");
    std::fs::write(data.join("file"), "").unwrap();
    let complaint = complaint(&nowhere, &["token", "list"], &[]);
    assert!(complaint.contains("cannot make the data folder") && complaint.contains("storage.data_dir"), "{complaint}");
}

#[test]
fn the_data_folder_is_its_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let data = &dir.path().join("deep/data");
    json(data, &["token", "create", "--name", "a"]);
    assert!(data.join("handbill.db").is_file() && data.join("secret.key").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(data).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn the_database_can_lie_elsewhere() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("other.db");
    let env = [("HANDBILL__DATABASE__URL", format!("sqlite://{}", file.display()))];
    let env = env.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(run(dir.path(), &["token", "create", "--name", "a"], &env).status.success());
    assert!(file.is_file() && !dir.path().join("handbill.db").exists());
    let names: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["other.db"], "a command leaves no write-ahead log behind");
}

#[test]
fn the_log_never_holds_a_token() {
    let dir = tempfile::tempdir().unwrap();
    let env = [("HANDBILL__LOG__LEVEL", "trace")];
    let output = run(dir.path(), &["token", "create", "--name", "a", "--json"], &env);
    let (made, log): (Value, String) = (serde_json::from_slice(&output.stdout).unwrap(), text(&output.stderr));
    assert!(log.contains("INSERT INTO tokens"), "the log is not at its most talkative: {log}");
    for secret in ["token", "webhook_secret"] {
        assert!(!log.contains(made[secret].as_str().unwrap()), "{secret}");
    }
}

#[test]
fn config_prints_toml_that_can_be_read_again_and_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let secret = "a-secret-that-nobody-may-see-anywhere";
    let env = [("HANDBILL__SERVER__SECRET_KEY", secret), ("HANDBILL__LIMITS__MAX_SLIDES", "12")];
    let output = run(dir.path(), &["config", "--listen", "127.0.0.1:0"], &env);
    let printed = text(&output.stdout);
    assert!(
        printed.contains("max_slides = 12") && printed.contains("# environment variable HANDBILL__LIMITS__MAX_SLIDES")
    );
    assert!(printed.contains("listen = \"127.0.0.1:0\"") && printed.contains("# --listen"));
    assert!(!printed.contains(secret) && printed.contains("secret_key = \"********\""));
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "it only reads");

    let file = dir.path().join("again.toml");
    std::fs::write(&file, printed).unwrap();
    let file = file.display().to_string();
    let again = run(dir.path(), &["config", "--config", &file], &env);
    assert!(again.status.success(), "{}", text(&again.stderr));

    let defaults = run(dir.path(), &["config", "--defaults"], &[]);
    assert!(text(&defaults.stdout).starts_with("# Handbill's settings"));
}

#[test]
fn the_store_is_checked_swept_and_measured() {
    let dir = tempfile::tempdir().unwrap();
    let data = &dir.path().join("data");
    assert_eq!(json(data, &["storage", "usage"]), Value::Array(Vec::new()));
    std::fs::create_dir_all(data.join("files/server/1/uploads")).unwrap();
    std::fs::write(data.join("files/server/1/uploads/a.png"), "x").unwrap();
    let young = json(data, &["storage", "sweep"]);
    assert_eq!((&young["files"], &young["orphans"]["files"]), (&Value::from(1), &Value::from(0)));
    let checked = json(data, &["storage", "check"]);
    assert_eq!((&checked["swept"], &checked["missing"]), (&Value::from(false), &Value::Array(Vec::new())));
    let swept = json(data, &["storage", "sweep", "--older-than-hours", "0"]);
    assert_eq!((&swept["orphans"]["files"], &swept["swept"]), (&Value::from(1), &Value::from(true)));
    assert!(!data.join("files/server/1/uploads/a.png").exists());
}

#[test]
fn the_doctor_looks_at_everything_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = &dir.path().join("data");
    let state = |findings: &Value, about: &str| {
        let finding = findings.as_array().unwrap().iter().find(|finding| finding["about"] == about);
        finding.unwrap_or_else(|| panic!("nothing about the {about}: {findings}"))["state"].clone()
    };
    let before = json(data, &["doctor"]);
    assert!(!data.exists(), "the doctor made a data folder");
    assert!(before.as_array().unwrap().iter().all(|finding| finding["state"] == "ok"), "{before}");

    json(data, &["account", "list"]);
    std::fs::create_dir_all(data.join("fonts/Brand")).unwrap();
    std::fs::write(data.join("fonts/Brand/broken.ttf"), b"no font").unwrap();
    let after = json(data, &["doctor"]);
    assert_eq!(state(&after, "fonts"), "warning");
    for about in ["address", "data folder", "way out", "database", "clock", "files", "engine"] {
        assert_eq!(state(&after, about), "ok", "{after}");
    }

    let nowhere = [("HANDBILL__DATABASE__URL", "postgres://nobody@127.0.0.1:1/none")];
    let output = run(data, &["doctor"], &nowhere);
    let said = text(&output.stdout);
    assert!(
        !output.status.success() && said.contains("mend     database") && said.contains("→ is it running"),
        "{said}"
    );
    assert!(text(&output.stderr).contains("1 of 7 things have to be mended"), "{}", text(&output.stderr));
}

/// A page of this width, with a picture beside it.
fn template_folder(folder: &Path, id: &str, width: u32) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join("assets/note.txt"), b"beside").unwrap();
    let template = serde_json::json!({
        "format": 1, "id": id, "canvas": { "width": width, "height": 20 }, "slides": [{ "id": "only" }]
    });
    std::fs::write(folder.join("template.json"), template.to_string()).unwrap();
}

#[test]
fn templates_of_a_folder_are_kept_listed_rendered_and_written_back() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept) = (&dir.path().join("data"), dir.path().join("templates"));
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    template_folder(&kept.join("card"), "card", 30);
    template_folder(&kept.join("poster"), "poster", 40);

    let synced = json(data, &["template", "sync", kept.to_str().unwrap()]);
    let outcomes = |synced: &Value| -> Vec<(String, i64, bool)> {
        let rows = synced.as_array().unwrap().iter();
        rows.map(|row| {
            (row["slug"].as_str().unwrap().to_owned(), row["version"].as_i64().unwrap(), row["changed"] == true)
        })
        .collect()
    };
    assert_eq!(outcomes(&synced), [("card".to_owned(), 1, true), ("poster".to_owned(), 1, true)]);
    template_folder(&kept.join("card"), "card", 31);
    let again = json(data, &["template", "sync", kept.to_str().unwrap(), "--note", "wider"]);
    assert_eq!(outcomes(&again), [("card".to_owned(), 2, true), ("poster".to_owned(), 1, false)]);

    let listed = json(data, &["template", "list"]);
    let slugs: Vec<&str> = listed.as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect();
    assert!(slugs.contains(&"og-blog") && slugs.ends_with(&["card", "poster"]), "{slugs:?}");

    for (reference, width) in [("card", 31), ("card@1", 30), ("poster", 40)] {
        let rendered = json(data, &["render", reference, "--out", &path("out.png")]);
        assert_eq!(rendered["files"][0]["width"], width, "{reference}: {rendered}");
    }

    // As a zip and as a folder: both come back as the same version.
    json(data, &["template", "export", "card", "--out", &path("card.zip")]);
    json(data, &["template", "export", "card@1", "--out", &path("older")]);
    assert_eq!(std::fs::read(dir.path().join("older/assets/note.txt")).unwrap(), b"beside");
    let imported = json(data, &["template", "import", &path("card.zip")]);
    assert_eq!((&imported[0]["version"], &imported[0]["changed"]), (&Value::from(2), &Value::from(false)));
    let imported = json(data, &["template", "import", &path("older")]);
    assert_eq!((&imported[0]["version"], &imported[0]["changed"]), (&Value::from(3), &Value::from(true)));
}

#[test]
fn a_template_that_cannot_be_kept_says_where_and_the_others_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept) = (&dir.path().join("data"), dir.path().join("templates"));
    template_folder(&kept.join("good"), "good", 30);
    std::fs::create_dir_all(kept.join("bad")).unwrap();
    std::fs::write(kept.join("bad/template.json"), "{\n  \"format\": 1,\n  \"id\": \"bad\",\n  \"canvs\": {}\n}")
        .unwrap();
    let output = run(data, &["template", "sync", kept.to_str().unwrap()], &[]);
    assert!(!output.status.success());
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.contains("template.json:4:") && out.contains("did you mean 'canvas'?"), "{out}");
    assert!(out.contains("good@1  new") && err.contains("1 of 2 templates could not be kept"), "{out}{err}");
    let nothing = dir.path().join("nothing");
    std::fs::create_dir(&nothing).unwrap();
    assert!(complaint(data, &["template", "sync", nothing.to_str().unwrap()], &[]).contains("no template.json"));
    assert!(complaint(data, &["template", "export", "god"], &[]).contains("did you mean 'good'?"));
}
