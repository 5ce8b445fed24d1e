namespace Norris.Options;

/// <summary>How entries are printed on standard output.</summary>
internal enum OutputForm
{
    /// <summary>For people: one line an event.</summary>
    Text,

    /// <summary>For programs: one JSON object a line.</summary>
    Json,

    /// <summary>Not at all.</summary>
    None,
}
