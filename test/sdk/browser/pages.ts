interface PageOptions {
  readonly writeKey: string;
  /** Where the SDK asks for its settings. */
  readonly cdnUrl: string;
}

/** A site that has the SDK from npm in its own bundle. */
export function pageWithPackage({ writeKey, cdnUrl }: PageOptions): string {
  return page(`
    <script src="/sdk/index.js"></script>
    <script>
      window.analytics = AnalyticsNext.AnalyticsBrowser.load(${JSON.stringify({ writeKey, cdnURL: cdnUrl })});
    </script>`);
}

/** A site with Segment's snippet, which collects calls until the script is there; ingest is its CDN. */
export function pageWithSnippet({ writeKey, cdnUrl }: PageOptions): string {
  return page(`
    <script>
      const analytics = (window.analytics = []);
      for (const method of ['identify', 'track', 'page', 'ready', 'on'])
        analytics[method] = (...args) => analytics.push([method, ...args]);
      analytics._writeKey = ${JSON.stringify(writeKey)};
      analytics._cdn = ${JSON.stringify(cdnUrl)};
    </script>
    <script async src="/sdk/standalone.js"></script>`);
}

function page(head: string): string {
  return `<!doctype html><html><head><title>Shop</title>${head}</head><body></body></html>`;
}
