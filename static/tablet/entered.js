// Before anything is painted: whoever has entered on this tablet is not asked again while the modules come.
try {
  document.getElementById("entry").hidden = "entered" in localStorage;
} catch {
  /* Not allowed to look: the form is shown. */
}
