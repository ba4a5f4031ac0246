//! The tables, and what is in them at the start.

/// Tables and rows of a fresh shop. Everything is fixed, so that every recording meets the same shop.
pub(super) const SHOP: &str = r"
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_cents INTEGER NOT NULL,
    region TEXT NOT NULL,
    placed_on TEXT NOT NULL,
    remark TEXT NOT NULL
);
CREATE TABLE policies (
    sku TEXT NOT NULL,
    region TEXT NOT NULL,
    refundable INTEGER NOT NULL,
    window_days INTEGER NOT NULL,
    approval_above_cents INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (sku, region)
);
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    comment TEXT NOT NULL
);
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    approval_id TEXT
);
CREATE TABLE notes (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE messages (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE replies (key TEXT PRIMARY KEY, request TEXT NOT NULL, reply TEXT NOT NULL);

INSERT INTO orders VALUES
    ('ord-1003', 17, 'delivered', 'GR-080', 'Burr grinder 80', 1, 8900, 'EU', '2026-08-04', 'Please ring the bell twice, the button is worn.'),
    ('ord-1011', 17, 'delivered', 'FP-034', 'Filter papers, 34 packs', 2, 1250, 'EU', '2026-08-21', 'Leave the parcel with the neighbours on the left.'),
    ('ord-1019', 17, 'delivered', 'MG-006', 'Stoneware mugs, set of six', 1, 4800, 'EU', '2026-09-02', 'A gift, no invoice in the parcel if you can.'),
    ('ord-1024', 17, 'delivered', 'KT-200', 'Swan kettle 200', 1, 24900, 'EU', '2026-10-12', 'Deliver after six in the evening, we are at work before.'),
    ('ord-1030', 17, 'shipped', 'TB-012', 'Tea box, twelve kinds', 1, 3600, 'EU', '2026-11-09', 'No remark this time, thank you for the last parcel.'),
    ('ord-1025', 23, 'delivered', 'KT-200', 'Swan kettle 200', 2, 24900, 'US', '2026-10-13', 'Two kettles for the office on the third floor.');

INSERT INTO policies VALUES
    ('KT-200', 'EU', 1, 60, 10000, 'A kettle that leaks is paid back in full within sixty days. Above 100.00 a shift lead has to approve it first.'),
    ('KT-200', 'US', 1, 30, 10000, 'A kettle that leaks is paid back in full within thirty days. Above 100.00 a shift lead has to approve it first.'),
    ('GR-080', 'EU', 1, 30, 10000, 'Grinders are paid back within thirty days if the burrs are clean.'),
    ('FP-034', 'EU', 0, 0, 0, 'Papers are not taken back once the pack is open.'),
    ('MG-006', 'EU', 1, 30, 10000, 'Broken mugs are paid back one by one.'),
    ('TB-012', 'EU', 0, 0, 0, 'Tea is food and is not taken back.');
";
