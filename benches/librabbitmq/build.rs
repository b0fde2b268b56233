//! Compiles what the C compiler knows of the library's structs, and links the library.

const MISSING: &str = "librabbitmq, or its headers, are missing: \
    on Debian, scripts/debian-packages librabbitmq-dev installs them. \
    Without the feature `librabbitmq` the benches do without";

fn main() {
    println!("cargo::rerun-if-changed=layout.c");
    let compiled = cc::Build::new()
        .file("layout.c")
        // A function that takes something else than src/ffi.rs says must not get as far as the linker.
        .flag_if_supported("-Werror=incompatible-pointer-types")
        .cargo_warnings(false)
        .try_compile("leveret_librabbitmq_layout");
    if let Err(error) = compiled {
        println!("cargo::error={MISSING}");
        println!("cargo::error={}", first_line(&error.to_string()));
        return;
    }
    println!("cargo::rustc-link-lib=rabbitmq");
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
