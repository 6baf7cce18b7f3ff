/// Sortie's own version.
public let sortieVersion = "0.1.0"
