//! What components say about the head, through `leptos_meta`: a hero preloads its picture, an article names the
//! day of its publication. The rest of the head is written by `document`.
//!
//! `leptos_meta` escapes attributes, not the text of elements, so components may use its `Meta` and `Link` only.

use any_spawner::{CustomExecutor, Executor};
use futures::{FutureExt, StreamExt, stream};
use leptos::prelude::{Owner, provide_context};
use leptos_meta::ServerMetaContext;
use std::future::Future;
use std::pin::Pin;
use std::sync::Once;

/// `inject_meta_context` writes in front of this.
const SHELL: &str = "</head>";

/// Runs `draw` where components can reach the head, and answers with what they said.
pub fn collect(draw: impl FnOnce()) -> String {
    static EXECUTOR: Once = Once::new();
    EXECUTOR.call_once(|| drop(Executor::init_custom_executor(Inline)));
    let owner = Owner::new();
    let collected = owner.with(|| {
        let (context, output) = ServerMetaContext::new();
        provide_context(context);
        draw();
        output
    });
    owner.cleanup();
    let shell = stream::once(std::future::ready(String::from(SHELL)));
    let injected = collected.inject_meta_context(shell).now_or_never();
    let mut html = injected.and_then(|stream| stream.collect::<String>().now_or_never()).unwrap_or_default();
    html.truncate(html.len().saturating_sub(SHELL.len()));
    html
}

/// Runs a future at once. `inject_meta_context` waits for one tick of the executor; on the server everything is
/// drawn before it is called, so there is nothing to wait for.
struct Inline;

impl CustomExecutor for Inline {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        run(future);
    }
    fn spawn_local(&self, future: Pin<Box<dyn Future<Output = ()>>>) {
        run(future);
    }
    fn poll_local(&self) {}
}

fn run<F: Future<Output = ()> + ?Sized>(future: Pin<Box<F>>) {
    let _ready = future.now_or_never();
}
