//! Who sends a shape.

use super::shape::Shape;

/// A vendor, and the replies that are known of it.
#[derive(Debug)]
pub(super) struct Vendor {
    /// The hosts of its API, with everything below them.
    pub(super) hosts: &'static [&'static str],
    pub(super) offers: Offer,
    pub(super) shapes: &'static [Shape],
}

/// What a vendor offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// A service.
    Service,
    /// A model.
    Model,
    /// Something that stands in front of either.
    Anything,
}

impl Vendor {
    /// A service.
    pub(super) const fn service(hosts: &'static [&'static str], shapes: &'static [Shape]) -> Self {
        Self { hosts, offers: Offer::Service, shapes }
    }

    /// A model.
    pub(super) const fn model(hosts: &'static [&'static str], shapes: &'static [Shape]) -> Self {
        Self { hosts, offers: Offer::Model, shapes }
    }

    /// Something that stands in front of services and models.
    pub(super) const fn anywhere(shapes: &'static [Shape]) -> Self {
        Self { hosts: &[], offers: Offer::Anything, shapes }
    }

    /// Whether that host is one of its own.
    pub(super) fn answers_at(&self, host: &str) -> bool {
        let below = |known: &str| host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'));
        self.hosts.iter().any(|known| host == *known || below(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_belongs_to_a_vendor_by_whole_labels() {
        let vendor = Vendor::service(&["example.com"], &[]);
        assert!(vendor.answers_at("example.com") && vendor.answers_at("eu.example.com"));
        assert!(!vendor.answers_at("notexample.com") && !vendor.answers_at("example.com.evil.test"));
    }
}
