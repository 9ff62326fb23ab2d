// Before the first paint: the reader's choice of theme. A file of its own because the page's CSP forbids inline scripts.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('onecouch.theme');
  } catch {
    // Storage can be forbidden; dark is the default.
  }
  if (choice === 'auto') choice = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  var light = choice === 'light';
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
  // Chats read the accent here, browsers paint their bars in it: for those it is the page's own colour.
  var bar = document.querySelector('meta[name=theme-color]');
  if (bar !== null) bar.content = light ? '#f6f4f1' : '#0d0c0a';
})();
