import { render } from 'preact';

const app = document.getElementById('app');
if (app !== null) render(<h1>Segment to Extole</h1>, app);
