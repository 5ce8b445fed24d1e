using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Norris.Terminal.Drawing;

/// <summary>What a piece of text on the screen is drawn as.</summary>
internal enum Ink
{
    /// <summary>As the terminal draws by itself.</summary>
    Plain,

    /// <summary>What matters less: times, marks, what waits.</summary>
    Faint,

    /// <summary>What the order and the node tell.</summary>
    System,

    /// <summary>What went wrong.</summary>
    Warning,

    /// <summary>A message in which somebody said this node's name.</summary>
    Mention,

    /// <summary>The status line.</summary>
    Status,

    /// <summary>A member's name, in its hue.</summary>
    Name,
}

/// <summary>A piece of text that is drawn in one way.</summary>
/// <param name="Text">Fit for a terminal; LF begins a new line.</param>
/// <param name="Ink">How.</param>
/// <param name="Hue">Which of the colours for names; with <see cref="Ink.Name"/> only.</param>
internal readonly record struct Run(string Text, Ink Ink = Ink.Plain, int Hue = 0);

/// <summary>
/// The codes that a terminal is sent for an <see cref="Ink"/> (ECMA-48, section 8.3.117). Colours that can be read on black and on white
/// alike; none where the person does not want any (NO_COLOR, https://no-color.org), when attributes have to do.
/// </summary>
internal sealed class Palette
{
    /// <summary>Back to the terminal's own way.</summary>
    public const string Plain = "\e[m";

    // Of the 256 colours, those that have enough contrast to black and to white.
    private static readonly int[] Many =
        [32, 33, 37, 61, 63, 64, 66, 67, 68, 70, 71, 72, 97, 98, 99, 100, 101, 102, 103, 106, 107, 130, 131, 132, 133, 134, 135, 136, 137, 161, 163, 166, 167, 168, 169, 172];

    private static readonly int[] Few = [31, 32, 33, 34, 35, 36];

    private readonly bool _hasColours;
    private readonly string[] _names;

    /// <summary>Chooses for a terminal.</summary>
    /// <param name="hasColours">Whether colours are wanted.</param>
    /// <param name="hasMany">Whether there are 256 of them.</param>
    public Palette(bool hasColours, bool hasMany)
    {
        _hasColours = hasColours;
        _names = !hasColours ? ["\e[1m"]
            : hasMany ? [.. Many.Select(static colour => string.Create(CultureInfo.InvariantCulture, $"\e[38;5;{colour}m"))]
            : [.. Few.Select(static colour => string.Create(CultureInfo.InvariantCulture, $"\e[{colour}m"))];
    }

    /// <summary>Chooses from the environment: NO_COLOR, TERM and COLORTERM.</summary>
    public static Palette Of(Func<string, string?> environment) => new(
        string.IsNullOrEmpty(environment("NO_COLOR")),
        environment("TERM")?.Contains("256color", StringComparison.Ordinal) == true || !string.IsNullOrEmpty(environment("COLORTERM")));

    /// <summary>The hue of a name: the same at every node, and whenever somebody comes by that name.</summary>
    public static int HueOf(string name) => (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)) % 1_000_003);

    /// <summary>The code that begins a run; empty for plain text.</summary>
    public string Begin(Ink ink, int hue) => ink switch
    {
        Ink.Faint => "\e[2m",
        Ink.System => _hasColours ? "\e[36m" : "\e[2m",
        Ink.Warning => _hasColours ? "\e[1;31m" : "\e[1m",
        Ink.Mention => _hasColours ? "\e[1;33m" : "\e[1m",
        Ink.Status => "\e[7m",
        Ink.Name => _names[hue % _names.Length],
        _ => "",
    };
}
