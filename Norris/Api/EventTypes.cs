using System.Buffers;
using System.Text;

namespace Norris.Api;

/// <summary>
/// Which types of events a reader of <c>/v1/events</c> wants: <c>?types=message,joined</c>. A gap always comes, since without it nobody knows that something is missing.
/// </summary>
internal sealed class EventTypes
{
    private static readonly string[] Known = ["ready", "message", "joined", "left", "renamed", "host", "gap", Stable];

    private const string Stable = "stable";

    private readonly byte[][] _wanted;
    private readonly bool _isLines;
    private readonly ArrayBufferWriter<byte> _begun = new();

    private EventTypes(string[] wanted, bool isLines)
    {
        _wanted = [.. wanted.Append("gap").Select(static type => Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\""))];
        _isLines = isLines;
        WantsStable = wanted.Contains(Stable);
    }

    /// <summary>Whether it is told up to where every node has the entries. That is no event of the node's feeds: who does not ask for it does not get it.</summary>
    public bool WantsStable { get; }

    /// <summary>What is accepted, in words.</summary>
    public static string Accepted => $"types takes some of these, with commas between: {string.Join(", ", Known)}.";

    /// <summary>Reads a list of types; null when one of them is unknown.</summary>
    /// <param name="list">With commas between.</param>
    /// <param name="isLines">Whether events are lines; else they are server-sent events, with an empty line after each.</param>
    public static EventTypes? TryParse(string list, bool isLines)
    {
        string[] wanted = list.Split(',');
        return wanted.All(Known.Contains) ? new EventTypes(wanted, isLines) : null;
    }

    /// <summary>Copies what is wanted; what is not a whole event yet waits for its rest.</summary>
    /// <param name="events">The next bytes of the stream, cut anywhere.</param>
    /// <param name="output">Gets whole events.</param>
    public void Copy(ReadOnlySpan<byte> events, IBufferWriter<byte> output)
    {
        if (_begun.WrittenCount > 0)
        {
            _begun.Write(events);
            byte[] joined = _begun.WrittenSpan.ToArray();
            _begun.ResetWrittenCount();
            events = joined;
        }
        ReadOnlySpan<byte> end = _isLines ? "\n"u8 : "\n\n"u8;
        for (int length = events.IndexOf(end); length >= 0; length = events.IndexOf(end))
        {
            ReadOnlySpan<byte> one = events[..(length + end.Length)];
            events = events[one.Length..];
            if (IsWanted(one))
            {
                output.Write(one);
            }
        }
        _begun.Write(events);
    }

    private bool IsWanted(ReadOnlySpan<byte> one)
    {
        if (!_isLines)
        {
            ReadOnlySpan<byte> data = "data: "u8;
            int at = one.StartsWith(data) ? 0 : one.IndexOf((byte)'\n') + 1;
            one = one[at..].StartsWith(data) ? one[(at + data.Length)..] : default;
        }
        foreach (byte[] begin in _wanted)
        {
            if (one.StartsWith(begin))
            {
                return true;
            }
        }
        return false;
    }
}
