//! Holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tonic::transport::{Channel, Endpoint, Error};
use tonic::{Code, Status};

use crate::podkey::v1::credential_service_client::CredentialServiceClient;
use crate::podkey::v1::watch_response::Event;
use crate::podkey::v1::{Change, Credential, Freshness, WatchRequest};

const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// The form that tonic needs for an endpoint of podkey: a Unix socket unchanged, a TCP address as a URI.
pub fn target(endpoint: &str) -> String {
    if endpoint.starts_with("unix:") { endpoint.to_string() } else { format!("http://{endpoint}") }
}

/// Opens a channel to podkey. The first call connects, and each later call retries at once, because
/// podkey is local. The keepalive detects a podkey that hangs. tonic uses no proxy.
pub fn dial(endpoint: &str) -> Result<Channel, Error> {
    Ok(Endpoint::from_shared(target(endpoint))?
        .connect_timeout(Duration::from_secs(1))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .connect_lazy())
}

/// Receives the events, from the task of `run`.
pub trait Listener {
    /// `how` is "reset", "changed" or "resumed"; `names` are those whose data changed, sorted.
    fn on_change(&self, how: &str, names: &BTreeSet<String>);
    /// the data is verified (FRESH), or it is not (STALE, with the reason).
    fn on_freshness(&self, freshness: &Freshness);
    /// The stream ended; the next attempt follows after the delay. The held credentials stay.
    fn on_reconnect(&self, ended: &Status, delay: Duration);
}

type Held = HashMap<String, Arc<Credential>>;

/// The newest state of some credentials, by name: podkey serves one namespace here. Clones share it, so that any task
/// may ask at any time.
#[derive(Clone, Default)]
pub struct LiveCredentials {
    held: Arc<RwLock<Arc<Held>>>, // replaced as a whole, never modified
}

impl LiveCredentials {
    /// The newest credential of this name, or None if there is none.
    pub fn current(&self, name: &str) -> Option<Arc<Credential>> {
        self.held().get(name).cloned()
    }

    /// The number of held credentials.
    pub fn len(&self) -> usize {
        self.held().len()
    }

    fn held(&self) -> Arc<Held> {
        self.held.read().expect("no writer panics").clone()
    }

    /// Runs until podkey refuses the watch permanently, and returns the status. Dropping the future ends it at any time.
    pub async fn run(&self, channel: Channel, names: Vec<String>, listener: impl Listener) -> Status {
        let mut client = CredentialServiceClient::new(channel);
        let mut request = WatchRequest { names, ..Default::default() };
        let (mut freshness, mut backoff) = (Freshness::default(), FIRST_BACKOFF);
        loop {
            let ended = self.follow(&mut client, &listener, &mut request, &mut freshness, &mut backoff).await;
            let ended = ended.err().unwrap_or_else(|| Status::ok("podkey ended the stream"));
            use Code::{InvalidArgument, PermissionDenied, Unauthenticated, Unimplemented};
            if let InvalidArgument | Unauthenticated | PermissionDenied | Unimplemented = ended.code() {
                return ended;
            }
            let delay = backoff.mul_f64(rand::random_range(0.5..1.0)); // so that not all clients reconnect at the same moment
            listener.on_reconnect(&ended, delay);
            tokio::time::sleep(delay).await;
            backoff = MAX_BACKOFF.min(2 * backoff);
        }
    }

    /// Reads one stream to its end. A reset takes effect at its synced, a change at its last part.
    async fn follow(
        &self,
        client: &mut CredentialServiceClient<Channel>,
        listener: &impl Listener,
        request: &mut WatchRequest, // holds the token for the next stream
        freshness: &mut Freshness,
        backoff: &mut Duration,
    ) -> Result<(), Status> {
        let mut stream = client.watch(request.clone()).await?.into_inner();
        let (mut incoming, mut parts) = (None::<Held>, Vec::<Change>::new());
        while let Some(message) = stream.message().await? {
            if !message.resume_token.is_empty() {
                request.resume_token = message.resume_token;
            }
            match message.event {
                Some(Event::Reset(_)) => (incoming, parts) = (Some(Held::new()), vec![]),
                Some(Event::Item(item)) => {
                    incoming.get_or_insert_default().insert(item.name.clone(), Arc::new(item));
                }
                Some(Event::Synced(_)) => {
                    *backoff = FIRST_BACKOFF;
                    match incoming.take() {
                        Some(next) => self.swap("reset", next, listener),
                        None => listener.on_change("resumed", &BTreeSet::new()),
                    }
                }
                Some(Event::Change(part)) => {
                    parts.push(part);
                    if parts.last().is_some_and(|part| !part.more) {
                        let mut next = Held::clone(&self.held());
                        for part in parts.drain(..) {
                            for removed in part.removed {
                                next.remove(&removed.name);
                            }
                            next.extend(part.changed.into_iter().map(|changed| (changed.name.clone(), changed.into())));
                        }
                        self.swap("changed", next, listener);
                    }
                }
                Some(Event::Heartbeat(_)) | None => {} // None: an unknown event
            }
            if let Some(now) = message.freshness
                && (now.state, &now.reason) != (freshness.state, &freshness.reason)
            {
                listener.on_freshness(&now);
                *freshness = now;
            }
        }
        Ok(())
    }

    /// Replaces the held credentials by `next` in one step, and reports the differences.
    fn swap(&self, how: &str, next: Held, listener: &impl Listener) {
        let next = Arc::new(next);
        let before = std::mem::replace(&mut *self.held.write().expect("no reader panics"), next.clone());
        let differs = |name: &&String| before.get(*name).map(|c| &c.data) != next.get(*name).map(|c| &c.data);
        let names: BTreeSet<String> = before.keys().chain(next.keys()).filter(differs).cloned().collect();
        listener.on_change(how, &names);
    }
}
