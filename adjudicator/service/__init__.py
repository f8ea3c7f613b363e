"""The service (extra ``service``): deciding and the record over HTTP. ``adjudicator serve`` runs it."""
