//! `handbill serve`: the server, until it is told to stop. Also what `handbill` alone does.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueEnum};
use handbill_queue::Working;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Globals, Output};
use crate::actions::first_start::first_token;
use crate::actions::render::rehearse::rehearse;
use crate::actions::token::CreatedToken;
use crate::app::App;
use crate::router::{health_router, router};
use crate::{log, serving, upkeep, workers};

/// For jobs at work, when requests have used up the time there is.
const LEAST_GRACE: Duration = Duration::from_secs(1);

#[derive(Args, Default)]
pub(crate) struct Serve {
    /// What this process does: answer requests, work on jobs, or both
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

/// Several processes on one PostgreSQL database can share the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Answer requests and take jobs in
    Api,
    /// Work on jobs; of the requests only /healthz is answered
    Worker,
    #[default]
    All,
}

impl Serve {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (mut config, _) = globals.load()?;
        log::init(&config.log);
        let asked = config.server.listen;
        let listener = TcpListener::bind(asked).await.with_context(|| {
            format!("cannot listen on {asked}; is another program there? --listen ADDR:PORT takes another place")
        })?;
        // Port 0 is any that is free; links must have the one that it came to be.
        config.server.listen = listener.local_addr()?;
        let app = App::open(config).await?;
        check_storage(&app).await?;
        let answers = self.role != Role::Worker;
        let first = if answers { first_token(&app).await? } else { None };
        let worker = if self.role == Role::Api { None } else { Some(start_worker(&app).await?) };
        greet(&app, self.role, first.as_ref(), out)?;
        let (upkeep, listening) = (upkeep::start(app.clone()), listen(&app));
        let router = if answers { router(app.clone()) } else { health_router(app.clone()) };
        let outcome = serve(&app, listener, router, worker).await;
        drop((upkeep, listening));
        app.renderer.engine.stop(Duration::from_secs(1)).await;
        app.db.close().await;
        tracing::info!("stopped");
        outcome
    }
}

/// What is wrong with the configuration is told now, and not by every render. A store that is down may come back.
async fn check_storage(app: &App) -> anyhow::Result<()> {
    match app.blobs.check().await {
        Err(error) if error.is_passing() => {
            tracing::warn!(error = &error as &dyn std::error::Error, "files cannot be stored at present");
            Ok(())
        }
        outcome => outcome.context("files cannot be stored"),
    }
}

async fn start_worker(app: &App) -> anyhow::Result<Working> {
    app.renderer.engine.warm().await.context("no engine process can be started")?;
    let worker = workers::start(app).await?;
    let rehearses = app.clone();
    tokio::spawn(async move {
        if let Err(error) = rehearse(&rehearses).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the rehearsal failed; estimates begin with a guess"
            );
        }
    });
    Ok(worker)
}

/// Hears from other processes which renders have ended; ends with the answer.
fn listen(app: &App) -> JoinSet<()> {
    let (mut listening, app) = (JoinSet::new(), app.clone());
    listening.spawn(async move { app.ended.listen(&app.db).await });
    listening
}

/// Until it is told to stop, or the database was taken over. Requests under way may end first, for some need a job of
/// theirs to be done; then no more jobs are begun, and those at work have what is left of the time.
async fn serve(
    app: &App,
    listener: TcpListener,
    router: axum::Router,
    mut worker: Option<Working>,
) -> anyhow::Result<()> {
    let limits = &app.config.server;
    let (mut stopped_at, mut worker_ended) = (Instant::now(), None);
    let stop = async {
        tokio::select! {
            () = told_to_stop() => {}
            ended = ended(&mut worker) => worker_ended = Some(ended),
        }
        stopped_at = Instant::now();
        app.ended.stop();
    };
    if !serving::serve(listener, router, limits, stop).await {
        tracing::warn!("some requests had not ended in time; they were cut off");
    }
    match (worker_ended, worker) {
        (Some(ended), _) => ended.context("this process cannot go on"),
        (None, Some(worker)) => {
            let grace = Duration::from_millis(limits.drain_timeout_ms).saturating_sub(stopped_at.elapsed());
            Ok(worker.shut_down(grace.max(LEAST_GRACE)).await?)
        }
        (None, None) => Ok(()),
    }
}

/// Ready when the worker ends by itself.
async fn ended(worker: &mut Option<Working>) -> handbill_queue::Result<()> {
    match worker {
        Some(worker) => worker.ended().await,
        None => std::future::pending().await,
    }
}

fn greet(app: &App, role: Role, first: Option<&CreatedToken>, out: &Output) -> anyhow::Result<()> {
    let url = app.config.server.base_url();
    let data_dir = app.config.storage.data_dir.display().to_string();
    if app.config.server.listen.ip().is_unspecified() && app.config.server.public_url.is_none() {
        tracing::warn!("links in answers begin with {url}, which works on this machine alone; set server.public_url");
    }
    let token = first.map(|first| first.plain.reveal());
    out.print(&json!({ "url": url, "data_dir": data_dir, "token": token }), |out| {
        let version = env!("CARGO_PKG_VERSION");
        match role {
            Role::All => writeln!(out, "Handbill {version} is running on {url} (data in {data_dir})")?,
            Role::Api => writeln!(out, "Handbill {version} answers on {url}; its jobs wait for a worker")?,
            Role::Worker => writeln!(out, "Handbill {version} works on jobs; {url}/healthz tells whether it is well")?,
        }
        if let Some(token) = token {
            writeln!(out, "\nA first API token was made. Note it, it is not shown again:\n\n    {token}\n\nTry it:\n")?;
            writeln!(out, "    curl {url}/generate -H 'Content-Type: application/json' \\")?;
            writeln!(out, "      -H 'Authorization: Bearer {token}' \\")?;
            writeln!(out, "      -d '{}'", example())?;
        }
        writeln!(out, "\nCtrl-C stops it.")?;
        out.flush()
    })?;
    std::io::stdout().flush()?;
    Ok(())
}

fn example() -> serde_json::Value {
    json!({
        "template_id": "og-blog",
        "content_update": [{ "type": "textbox", "label": "title", "value": "My first picture" }],
    })
}

/// Ready at Ctrl-C or SIGTERM. A second one ends the program at once.
async fn told_to_stop() {
    next_signal().await;
    tracing::info!("stopping: requests under way may end");
    tokio::spawn(async {
        next_signal().await;
        tracing::warn!("told to stop twice: ending at once");
        std::process::exit(1);
    });
}

#[cfg(unix)]
async fn next_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be listened to");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn next_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
