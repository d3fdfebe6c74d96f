//! Generates the stubs at every build. protox is protoc written in Rust, so only cargo is needed. If protoc is installed,
//! `tonic_prost_build::compile_protos(file)` does the same. In your own project change the folder.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = "../../../proto";
    let file = format!("{folder}/podkey/v1/credential_service.proto");
    println!("cargo::rerun-if-changed={file}");
    let descriptors = protox::compile([file.as_str()], [folder])?;
    tonic_prost_build::configure().build_server(false).compile_fds(descriptors)?;
    Ok(())
}
