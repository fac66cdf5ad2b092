//! What a map of the inventory may hold: the readers refuse other keys by it, and the JSON Schema is made of it.

/// A map with a fixed set of keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) fields: &'static [Field],
    /// Keys that must be there.
    pub(crate) required: &'static [&'static str],
    /// Keys of `fields` that have no place here.
    pub(crate) without: &'static [&'static str],
}

/// A key and what it may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    /// For people who hover over it.
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A text or another scalar.
    Text {
        /// A regular expression for the whole of it; none: whatever it likes.
        form: Option<&'static str>,
        /// Some that are right.
        such_as: &'static [&'static str],
    },
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number, not less than this.
    Number(u64),
    /// `true` or `false`.
    Flag,
    List(&'static Self),
    /// Keys of the operator's own.
    Names {
        of: &'static Self,
        /// Keys and values that are right.
        such_as: &'static [(&'static str, &'static str)],
    },
    Map(&'static Shape),
    /// Any of these, the first the usual one.
    Either(&'static [Self]),
}

impl Shape {
    /// Keys that may all be left out.
    pub(crate) const fn of(fields: &'static [Field]) -> Self {
        Self { fields, required: &[], without: &[] }
    }

    /// The fields that have their place here.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !self.without.contains(&field.key))
    }

    /// Their keys.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        self.fields().map(|field| field.key).collect()
    }
}

impl Field {
    pub(crate) const fn new(key: &'static str, about: &'static str, kind: Kind) -> Self {
        Self { key, about, kind }
    }
}

impl Kind {
    /// Any text on one line.
    pub(crate) const fn text(such_as: &'static [&'static str]) -> Self {
        Self::Text { form: None, such_as }
    }

    /// A text of this form.
    pub(crate) const fn form(form: &'static str, such_as: &'static [&'static str]) -> Self {
        Self::Text { form: Some(form), such_as }
    }
}
