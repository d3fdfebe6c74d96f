//! The minimal client: dial, one call, one value.

use std::time::Duration;

use tonic::transport::Endpoint;
use tonic::{Request, Status};

use crate::podkey::v1::GetRequest;
use crate::podkey::v1::credential_service_client::CredentialServiceClient;

pub async fn get(target: String, name: &str, key: &str) -> Result<Vec<u8>, Status> {
    let endpoint = Endpoint::from_shared(target).map_err(|e| Status::from_error(e.into()))?;
    let mut client = CredentialServiceClient::new(endpoint.connect_lazy());
    let mut request = Request::new(GetRequest { name: name.into(), keys: vec![key.into()], ..Default::default() });
    request.set_timeout(Duration::from_secs(5));
    let credential = client.get(request).await?.into_inner().credential.unwrap_or_default();
    Ok(credential.data.get(key).cloned().unwrap_or_default())
}
