// Before the first paint: the reader's choice of theme. A file of its own because the page's CSP forbids inline scripts.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('onecouch.theme');
  } catch {
    // Storage can be forbidden; dark is the default.
  }
  if (choice === 'auto') choice = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  document.documentElement.dataset.theme = choice === 'light' ? 'light' : 'dark';
})();
