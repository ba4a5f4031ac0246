use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Signature, Visibility};

/// What the attribute stands on.
pub enum Item {
    Function(Box<Function>),
    /// Not a function; `start` is what follows its attributes and visibility.
    Other {
        start: TokenStream,
        all: TokenStream,
    },
}

/// A function whose body is not looked into: it is rustc's to judge, and may be newer than our parser.
pub struct Function {
    /// The attributes that stay on the function.
    pub attributes: Vec<Attribute>,
    /// The attributes that speak about a test: `ignore`, `should_panic`, `test` and their like.
    pub test_attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub signature: Signature,
    pub body: TokenStream,
}

/// Reads the item.
pub fn item(tokens: TokenStream) -> Item {
    let start = (|input: ParseStream| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<TokenStream>()
    })
    .parse2(tokens.clone());
    match function.parse2(tokens.clone()) {
        Ok(function) => Item::Function(Box::new(function)),
        Err(_) => Item::Other { start: start.unwrap_or_else(|_| tokens.clone()), all: tokens },
    }
}

fn function(input: ParseStream) -> syn::Result<Function> {
    let (test_attributes, attributes) = input.call(Attribute::parse_outer)?.into_iter().partition(speaks_about_a_test);
    Ok(Function {
        attributes,
        test_attributes,
        visibility: input.parse()?,
        signature: input.parse()?,
        body: input.parse()?,
    })
}

fn speaks_about_a_test(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.is_ident("ignore")
        || path.is_ident("should_panic")
        || path.segments.last().is_some_and(|last| last.ident == "test")
}

impl Item {
    /// The item in a form that provokes no errors beyond the reported ones.
    pub fn quiet(&self) -> TokenStream {
        match self {
            Self::Other { all, .. } => all.clone(),
            Self::Function(function) => {
                // Without `async` every `.await` of the body would be one more error.
                let mut signature = function.signature.clone();
                signature.asyncness.get_or_insert_default();
                signature.constness = None;
                let Function { attributes, visibility, body, .. } = &**function;
                quote! { #(#attributes)* #visibility #signature #body }
            }
        }
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body, .. } = self;
        tokens.extend(quote! { #(#attributes)* #visibility #signature #body });
    }
}
