"""Files that people bring, as rows with line numbers: tables (CSV, XLSX) and OFX. No Django, no clock."""
