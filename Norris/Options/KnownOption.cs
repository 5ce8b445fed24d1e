namespace Norris.Options;

/// <summary>An option as <see cref="ArgumentScan"/> needs to know it: how it is spelled, and what may stand after it.</summary>
/// <param name="Name">With its leading dashes.</param>
/// <param name="Takes">What its value is, in the words of the help; null for a switch.</param>
/// <param name="Repeats">Whether it may be given more than once, its values adding up.</param>
internal sealed record KnownOption(string Name, string? Takes = null, bool Repeats = false)
{
    /// <summary>Every option of this release; <see cref="CommandLineOptions"/> has a property for each.</summary>
    public static IReadOnlyList<KnownOption> All { get; } =
    [
        new("--listen", "an ADDR:PORT"),
        new("--join", "an ADDR:PORT or auto", Repeats: true),
        new("--advertise", "an ADDR:PORT"),
        new("--name", "a NAME"),
        new("--headless"),
        new("--output", "text, json or none"),
        new("--partition", "continue or majority"),
        new("--reorder-window", "auto or a DURATION"),
        new("--heartbeat", "a DURATION"),
        new("--timeout", "a DURATION"),
        new("--retention", "a number of BYTES"),
        new("--fan-out", "a number of nodes"),
        new("--log-level", "a LEVEL"),
        new("--help"),
        new("-h"),
        new("--version"),
    ];

    /// <summary>The option spelled <paramref name="name"/>, or null.</summary>
    public static KnownOption? Find(string name) => All.FirstOrDefault(option => option.Name == name);
}
