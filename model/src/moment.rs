//! What a release becomes by itself at a moment that is still ahead: pages that come, change and go. Whoever reads a
//! record compares its moments with now; nobody has to write anything then.

use crate::entity::TypeSummary;
use crate::ids::{ContentHash, TypeName};
use crate::names::{Locale, PagePath};
use crate::records::{Pattern, Redirect, Route, SiteRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The differences of a site from a moment on. Frame, theme and own components stay: they are the release's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub at: u64,
    /// Pages by path; `null` where there is none from then on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exact: BTreeMap<PagePath, Option<Route>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redirects: BTreeMap<PagePath, Option<Redirect>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_found: BTreeMap<Locale, Option<ContentHash>>,
    /// All of them, where one is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Vec<Pattern>>,
    /// All of them, where one is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<BTreeMap<TypeName, TypeSummary>>,
}

impl Moment {
    /// From what a site is to what it shall be. Both tables of routes are whole.
    pub fn between(at: u64, before: &SiteRecord, after: &SiteRecord) -> Self {
        let (old, new) = (&before.routes, &after.routes);
        Self {
            at,
            exact: differences(&old.exact, &new.exact),
            redirects: differences(&before.redirects, &after.redirects),
            not_found: differences(&before.not_found, &after.not_found),
            patterns: (old.patterns != new.patterns).then(|| new.patterns.clone()),
            types: (before.types != after.types).then(|| after.types.clone()),
        }
    }
}

fn differences<K: Ord + Clone, V: PartialEq + Clone>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
) -> BTreeMap<K, Option<V>> {
    let gone = old.keys().filter(|key| !new.contains_key(key)).map(|key| (key.clone(), None));
    let other = new.iter().filter(|(key, value)| old.get(key) != Some(value));
    gone.chain(other.map(|(key, value)| (key.clone(), Some(value.clone())))).collect()
}

fn merge<K: Ord, V>(map: &mut BTreeMap<K, V>, changes: BTreeMap<K, Option<V>>) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(map.insert(key, value)),
            None => drop(map.remove(&key)),
        }
    }
}

/// Which state of a site answers are made from: each has keys of its own in the caches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub release: u64,
    /// The last moment of the release that has come; 0 for none.
    pub moment: u64,
    pub epoch: u64,
}

impl SiteRecord {
    pub fn version(&self) -> Version {
        let moment = self.reached.last().copied().unwrap_or_default();
        Version { release: self.release, moment, epoch: self.epoch }
    }

    /// When it is another by itself.
    pub fn next_moment(&self) -> Option<u64> {
        self.later.first().map(|moment| moment.at)
    }

    pub fn is_due(&self, now: u64) -> bool {
        self.next_moment().is_some_and(|at| at <= now)
    }

    /// Becomes what it is now.
    pub fn advance(&mut self, now: u64) {
        while self.is_due(now) {
            let moment = self.later.remove(0);
            self.reach(moment);
        }
    }

    fn reach(&mut self, moment: Moment) {
        if self.routes.shards.is_some() {
            // What a shard says of these paths does not count any more.
            for (path, route) in &moment.exact {
                match route {
                    Some(_) => drop(self.routes.gone.remove(path)),
                    None => drop(self.routes.gone.insert(path.clone())),
                }
            }
        }
        merge(&mut self.routes.exact, moment.exact);
        merge(&mut self.redirects, moment.redirects);
        merge(&mut self.not_found, moment.not_found);
        self.routes.patterns = moment.patterns.unwrap_or(std::mem::take(&mut self.routes.patterns));
        self.types = moment.types.unwrap_or(std::mem::take(&mut self.types));
        self.reached.push(moment.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn site(routes: Value, redirects: Value, not_found: Value, kinds: &[&str]) -> SiteRecord {
        let route = |page: &str| json!({"page": page, "locale": "en", "group": page});
        let exact: BTreeMap<&str, Value> = routes
            .as_object()
            .into_iter()
            .flatten()
            .map(|(path, page)| (path.as_str(), route(page.as_str().unwrap())))
            .collect();
        let patterns: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({"prefix": format!("/{kind}/"), "kind": kind, "route": route("fade")}))
            .collect();
        let summary = json!({"indexes": [], "schema_org": null, "paths": {}});
        let types: BTreeMap<&str, Value> = kinds.iter().map(|kind| (*kind, summary.clone())).collect();
        serde_json::from_str(
            &json!({
                "release": 7, "epoch": 3, "scheme": "https", "database": "DB", "locales": ["en"], "name": {},
                "theme": {"hash": "cafe", "background_light": "", "background_dark": "", "logo": null, "logo_dark": null, "icon": null, "preload": []},
                "organisation": null, "frame": {}, "components": {}, "types": types,
                "routes": {"exact": exact, "shards": null, "patterns": patterns},
                "redirects": redirects, "not_found": not_found, "search": {}
            })
            .to_string(),
        )
        .unwrap()
    }

    fn states() -> [SiteRecord; 3] {
        let to = |to: &str| json!({"to": to, "status": 301});
        [
            site(
                json!({"/": "a1", "/b": "b1", "/c": "c1"}),
                json!({"/x": to("/b")}),
                json!({"en": "a1"}),
                &["post"],
            ),
            site(
                json!({"/": "a2", "/d": "b1", "/c": "c1"}),
                json!({"/x": to("/d"), "/b": to("/d")}),
                json!({"en": "a2"}),
                &["post", "job"],
            ),
            site(json!({"/": "a1", "/b": "b1"}), json!({}), json!({}), &[]),
        ]
    }

    fn shown(site: &SiteRecord) -> Value {
        let mut value = serde_json::to_value(site).unwrap();
        let fields = value.as_object_mut().unwrap();
        fields.remove("reached");
        fields.remove("later");
        value
    }

    #[test]
    fn a_site_becomes_at_each_moment_what_its_differences_were_made_from() {
        let [first, second, third] = states();
        let mut site = first.clone();
        site.later = vec![Moment::between(1_000, &first, &second), Moment::between(2_000, &second, &third)];
        for (now, expected, moment) in [
            (0, &first, 0),
            (999, &first, 0),
            (1_000, &second, 1_000),
            (1_999, &second, 1_000),
            (2_000, &third, 2_000),
        ] {
            let mut then = site.clone();
            then.advance(now);
            assert_eq!(shown(&then), shown(expected), "{now}");
            assert_eq!(then.version(), Version { release: 7, moment, epoch: 3 });
        }
        // Step by step or at once, and from what was stored on the way.
        site.advance(1_500);
        let mut stored: SiteRecord = crate::json::from_str(&serde_json::to_string(&site).unwrap()).unwrap();
        stored.advance(2_000);
        assert_eq!(shown(&stored), shown(&third));
        assert_eq!(stored.reached, [1_000, 2_000]);
    }

    #[test]
    fn what_stays_is_not_written_down_again() {
        let [first, second, _] = states();
        let same = Moment::between(5, &first, &first);
        assert_eq!(serde_json::to_string(&same).unwrap(), "{\"at\":5}");
        let other = Moment::between(5, &first, &second);
        assert!(!other.exact.contains_key(&PagePath::parse("/c").unwrap()));
    }

    #[test]
    fn paths_of_shards_that_have_gone_are_remembered_as_such() {
        let [first, second, _] = states();
        let mut site = first.clone();
        site.routes.exact.clear();
        site.routes.shards = serde_json::from_value(json!({"hash": "beef", "count": 3})).unwrap();
        let back = Moment::between(2_000, &second, &first);
        site.later = vec![Moment::between(1_000, &first, &second), back];
        site.advance(1_000);
        let paths = |site: &SiteRecord| site.routes.gone.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(paths(&site), ["/b"]);
        site.advance(2_000);
        assert_eq!(paths(&site), ["/d"]);
        assert!(site.routes.exact.contains_key(&PagePath::parse("/b").unwrap()));
    }
}
