import { setUpSharedBroker } from './shared-broker.mjs';

export default setUpSharedBroker;
