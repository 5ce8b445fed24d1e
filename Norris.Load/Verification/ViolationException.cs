namespace Norris.Load.Verification;

/// <summary>A promise was broken, or a node did not do what it was started for: one line that says what, and where.</summary>
internal sealed class ViolationException(string line) : Exception(line);
