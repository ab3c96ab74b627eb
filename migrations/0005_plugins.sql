-- Plugins on a site, visitors' accounts, shop and forms. Site-scoped. Products are entities; what must be
-- exact under concurrency (stock, orders, payments) has tables. Money is in minor units.

-- A plugin instance. Turning it off keeps the row, and with it the configuration.
CREATE TABLE plugin_instances (
  site_id TEXT NOT NULL,
  plugin TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  -- Version whose set-up (types, roles) ran on this site.
  version INTEGER NOT NULL DEFAULT 1,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, plugin)
) STRICT, WITHOUT ROWID;

-- Keys of providers, encrypted under a key that is no row. Apart from settings, so that no export, revision
-- or audit entry carries one.
CREATE TABLE secrets (
  site_id TEXT NOT NULL,
  name TEXT NOT NULL,
  ciphertext BLOB NOT NULL,
  key_version INTEGER NOT NULL,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, name)
) STRICT;

-- Messages received from providers: the key makes a second delivery of the same one do nothing.
CREATE TABLE webhook_receipts (
  site_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  received_at TEXT NOT NULL CHECK (received_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, provider, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_receipts_by_time ON webhook_receipts (site_id, received_at);

-- Accounts of a site's visitors. The same person on two sites is two accounts.
CREATE TABLE visitor_accounts (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  email TEXT NOT NULL CHECK (email = lower(email)),
  email_confirmed_at TEXT CHECK (email_confirmed_at GLOB '????-??-??T??:??:??Z'),
  name TEXT NOT NULL DEFAULT '',
  password_hash TEXT CHECK (password_hash LIKE '$argon2id$%'),
  failed_sign_ins INTEGER NOT NULL DEFAULT 0 CHECK (failed_sign_ins >= 0),
  locked_until TEXT CHECK (locked_until GLOB '????-??-??T??:??:??Z'),
  status TEXT NOT NULL CHECK (status IN ('active', 'blocked')),
  data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data)),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE UNIQUE INDEX visitor_accounts_by_email ON visitor_accounts (site_id, email);
CREATE INDEX visitor_accounts_by_creation ON visitor_accounts (site_id, created_at, id);

-- Sessions (purpose 'session') and one-time proofs of visitors, by hash only. The host names the site.
CREATE TABLE visitor_tokens (
  site_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  account_id TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('session', 'confirm_email', 'reset_password')),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, token_hash),
  FOREIGN KEY (site_id, account_id) REFERENCES visitor_accounts (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Signs an account out everywhere (INDEXED BY, as for entity_lists_by_entity).
CREATE INDEX visitor_tokens_by_account ON visitor_tokens (site_id, account_id);
CREATE INDEX visitor_tokens_by_expiry ON visitor_tokens (site_id, expires_at);

CREATE TABLE wishlist_items (
  site_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, account_id, entity_id),
  FOREIGN KEY (site_id, account_id) REFERENCES visitor_accounts (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What can be bought: a product without choices has one variant. It belongs to the product's group, since
-- stock and price are the same in every locale.
CREATE TABLE shop_variants (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  product_group_id TEXT NOT NULL,
  sku TEXT NOT NULL,
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)),
  price INTEGER NOT NULL CHECK (price >= 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- Null = not counted. Never below zero: two checkouts of the last piece, and one of them fails here.
  stock INTEGER CHECK (stock >= 0),
  status TEXT NOT NULL CHECK (status IN ('active', 'retired')),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE UNIQUE INDEX shop_variants_by_sku ON shop_variants (site_id, sku);
CREATE INDEX shop_variants_by_product ON shop_variants (site_id, product_group_id);

-- Why stock changed; the sum of a variant's moves is its stock.
CREATE TABLE shop_stock_moves (
  site_id TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity <> 0),
  cause TEXT NOT NULL CHECK (cause IN ('delivery', 'order', 'cancel', 'return', 'correction')),
  order_id TEXT,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, variant_id, number),
  FOREIGN KEY (site_id, variant_id) REFERENCES shop_variants (site_id, id)
) STRICT, WITHOUT ROWID;

-- A cart is known by its cookie, of which the hash is the id.
CREATE TABLE shop_carts (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  account_id TEXT,
  locale TEXT NOT NULL,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_carts_by_account ON shop_carts (site_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX shop_carts_by_expiry ON shop_carts (site_id, expires_at);

CREATE TABLE shop_cart_items (
  site_id TEXT NOT NULL,
  cart_id TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (site_id, cart_id, variant_id),
  FOREIGN KEY (site_id, cart_id) REFERENCES shop_carts (site_id, id) ON DELETE CASCADE,
  FOREIGN KEY (site_id, variant_id) REFERENCES shop_variants (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- A deleted variant leaves the carts; without an index its cascade would scan them.
CREATE INDEX shop_cart_items_by_variant ON shop_cart_items (site_id, variant_id);

-- An order keeps copies of names, prices and addresses: it says what was agreed, whatever changes later.
CREATE TABLE shop_orders (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  -- From counters: without gaps, as invoices must be.
  number INTEGER NOT NULL CHECK (number > 0),
  -- The cart it came from: the same checkout sent twice is one order.
  cart_id TEXT NOT NULL,
  account_id TEXT,
  email TEXT NOT NULL,
  locale TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('pending', 'paid', 'shipped', 'completed', 'cancelled', 'refunded')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  subtotal INTEGER NOT NULL CHECK (subtotal >= 0),
  shipping INTEGER NOT NULL DEFAULT 0 CHECK (shipping >= 0),
  tax INTEGER NOT NULL DEFAULT 0 CHECK (tax >= 0),
  -- Tax is part of the prices or stands beside them, by the shop's settings.
  total INTEGER NOT NULL CHECK (total >= subtotal),
  addresses TEXT NOT NULL CHECK (json_valid(addresses)),
  note TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE UNIQUE INDEX shop_orders_by_number ON shop_orders (site_id, number);
CREATE UNIQUE INDEX shop_orders_by_cart ON shop_orders (site_id, cart_id);
CREATE INDEX shop_orders_by_status ON shop_orders (site_id, status, created_at, id);
CREATE INDEX shop_orders_by_account ON shop_orders (site_id, account_id, created_at, id)
  WHERE account_id IS NOT NULL;

CREATE TABLE shop_order_items (
  site_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  line INTEGER NOT NULL,
  variant_id TEXT NOT NULL,
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  price INTEGER NOT NULL CHECK (price >= 0),
  PRIMARY KEY (site_id, order_id, line),
  FOREIGN KEY (site_id, order_id) REFERENCES shop_orders (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_payments (
  site_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  id TEXT NOT NULL,
  provider TEXT NOT NULL CHECK (provider IN ('stripe', 'invoice')),
  kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
  provider_ref TEXT,
  status TEXT NOT NULL CHECK (status IN ('open', 'succeeded', 'failed', 'cancelled')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, order_id, id),
  FOREIGN KEY (site_id, order_id) REFERENCES shop_orders (site_id, id)
) STRICT, WITHOUT ROWID;
-- A provider's payment belongs to one order.
CREATE UNIQUE INDEX shop_payments_by_ref ON shop_payments (site_id, provider, provider_ref)
  WHERE provider_ref IS NOT NULL;

CREATE TABLE forms (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Fields as the schema vocabulary has them, spam protection, whom to notify, how long entries are kept.
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE form_entries (
  site_id TEXT NOT NULL,
  form_id TEXT NOT NULL,
  id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('new', 'read', 'spam', 'trashed')),
  data TEXT NOT NULL CHECK (json_valid(data)),
  path TEXT NOT NULL,
  locale TEXT NOT NULL,
  -- Digest of the sender's address with a salt that changes daily: enough to see a flood, not who it was.
  sender_hash TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, form_id, id),
  FOREIGN KEY (site_id, form_id) REFERENCES forms (site_id, id)
) STRICT;
CREATE INDEX form_entries_by_status ON form_entries (site_id, form_id, status, created_at, id);
