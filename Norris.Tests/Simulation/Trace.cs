using System.Globalization;

namespace Norris.Tests.Simulation;

/// <summary>
/// What happened, as one number that two runs of the same seed must agree on; and, when it is to be read, as the last lines.
/// </summary>
internal sealed class Trace(int linesMax)
{
    private readonly Queue<string> _lines = new();

    public bool IsReadable => linesMax > 0;

    public ulong Hash { get; private set; } = 0xcbf29ce484222325;

    public IEnumerable<string> Lines => _lines;

    /// <summary>After this moment only few lines are kept: whoever does not come to rest says the same again and again.</summary>
    public long CalmFrom { get; set; } = long.MaxValue;

    public void Note(long time, ulong what)
    {
        Hash = (Hash ^ (ulong)time) * 0x9E3779B97F4A7C15;
        Hash = (ulong.RotateLeft(Hash, 29) ^ what) * 0xBF58476D1CE4E5B9;
    }

    /// <summary>Only to be called when <see cref="IsReadable"/>: it costs a string.</summary>
    public void Say(long time, string who, string what)
    {
        if (time > CalmFrom)
        {
            return;
        }
        if (_lines.Count == linesMax)
        {
            _lines.Dequeue();
        }
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{time / 1e6,10:F6}  {who,-6} {what}"));
    }
}
