// Original file: proto/podkey/v1/credential_service.proto


/**
 * The end of a reset or of a resume: the state is complete and current.
 */
export interface Synced {
}

/**
 * The end of a reset or of a resume: the state is complete and current.
 */
export interface Synced__Output {
}
