//! All sites of a folder: each is published by itself, then what they must not share is looked for.

use crate::compile::Options;
use crate::findings::{Finding, SITE, Severity};
use crate::site::{Published, publish};
use model::Problem;
use model::keys;
use model::names::Hostname;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The sites that can be stored, and everything that was found wrong.
pub struct Sites {
    pub published: Vec<Published>,
    pub findings: Vec<Finding>,
    /// Folders that were looked at.
    pub count: usize,
}

/// Publishes the site of every folder in a folder. A site that cannot be published leaves the others alone.
pub fn publish_all(folder: &Path, packages: Option<&Path>, options: &Options) -> std::io::Result<Sites> {
    let mut folders: Vec<PathBuf> = vec![];
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            folders.push(entry.path());
        }
    }
    folders.sort();
    let (mut sites, mut findings) = (vec![], vec![]);
    for path in &folders {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match publish(path, packages, options) {
            Ok(site) => sites.push((name, site)),
            Err(found) => findings.extend(found),
        }
    }
    let all = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut among = Among { all, ..Among::default() };
    let mut published = vec![];
    for (name, mut site) in sites {
        let stays = among.admit(&name, &mut site);
        findings.append(&mut site.findings);
        if stays {
            published.push(site);
        }
    }
    findings.append(&mut among.findings);
    Ok(Sites { published, findings, count: folders.len() })
}

/// What the sites before have taken.
#[derive(Default)]
struct Among {
    all: String,
    ids: BTreeMap<String, String>,
    hosts: BTreeMap<String, String>,
    tenants: BTreeMap<String, (String, crate::draft::Tenant)>,
    findings: Vec<Finding>,
}

impl Among {
    fn problem(&mut self, site: &str, at: String, message: String) {
        let source = format!("{}/{site}/{SITE}", self.all);
        let problem = Problem::new(at, message);
        self.findings.push(Finding { severity: Severity::Problem, site: site.to_owned(), source, problem });
    }

    /// Takes what is another site's away from a site, and says whether something is left to store.
    fn admit(&mut self, name: &str, site: &mut Published) -> bool {
        let id = site.scope.site().to_string();
        if let Some(other) = self.ids.get(&id) {
            let message = format!("{id:?} is the id of {other}: choose another. The site is left out");
            self.problem(name, "id".to_owned(), message);
            return false;
        }
        let mut stays = true;
        for (n, host) in site.hosts.clone().into_iter().enumerate() {
            let Some(other) = self.hosts.get(&host).cloned() else { continue };
            let left_out = if n == 0 { "The site is left out" } else { "Until then it leads there" };
            let message = format!("{host} leads to {other}: choose another. {left_out}");
            self.problem(name, format!("hosts[{n}]"), message);
            stays &= n != 0;
            site.hosts.retain(|h| *h != host);
            if let Ok(host) = Hostname::parse(&host) {
                let key = keys::host(&host);
                site.release.kv.retain(|(k, _)| *k != key);
            }
        }
        if !stays {
            return false;
        }
        self.ids.insert(id, name.to_owned());
        self.hosts.extend(site.hosts.iter().map(|host| (host.clone(), name.to_owned())));
        let tenant = &site.tenant;
        let (other, known) = self
            .tenants
            .entry(tenant.id.to_string())
            .or_insert_with(|| (name.to_owned(), tenant.clone()))
            .clone();
        let values = |t: &crate::draft::Tenant| {
            [
                ("name", t.name.clone()),
                ("plan", t.plan.clone()),
                ("status", format!("{:?}", t.status).to_lowercase()),
            ]
        };
        for ((at, mine), (_, theirs)) in values(tenant).into_iter().zip(values(&known)) {
            if mine != theirs {
                let message =
                    format!("{mine:?} here, {theirs:?} in {other}: a tenant is the same for all its sites");
                self.problem(name, format!("tenant.{at}"), message);
            }
        }
        true
    }
}
