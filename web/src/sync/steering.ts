/** What steers players, as one chunk: it comes while the socket is opened. */
export { Follow } from './follow';
export { TUNING } from './tuning';
