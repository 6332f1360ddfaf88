/** How long Proxmox VE lets somebody wait whose credentials are wrong, in milliseconds. */
export const FAILED_LOGIN_MILLISECONDS = 3000;
/** An upload that is no upload is dropped without an answer after this time, in milliseconds. */
export const DROPPED_UPLOAD_MILLISECONDS = 5000;
