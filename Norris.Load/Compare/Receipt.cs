using System.Diagnostics;

namespace Norris.Load.Compare;

/// <summary>What one receiver has got: how many, in which order, and whether each sender's came as it sent them.</summary>
/// <param name="senders">How many senders there are.</param>
/// <param name="arrivals">Where arrivals are noted, to tell when the last receiver had each; null when nobody asks.</param>
internal sealed class Receipt(int senders, Arrivals? arrivals)
{
    private readonly int[] _last = new int[senders];

    /// <summary>How many texts have come.</summary>
    public long Count { get; private set; }

    /// <summary>Of the order in which they came.</summary>
    public ulong Fingerprint { get; private set; }

    /// <summary>The first text that is not the next one of its sender, in words; null where all are.</summary>
    public string? Violation { get; private set; }

    /// <summary>How many texts of one sender have come.</summary>
    public int CountOf(int sender) => _last[sender];

    /// <summary>A text has come.</summary>
    public void Take(ReadOnlySpan<byte> text)
    {
        Count++;
        Fingerprint = RoomText.Fold(Fingerprint, text);
        int sender = RoomText.Sender(text);
        int number = RoomText.Number(text);
        if ((uint)sender >= (uint)_last.Length || number != _last[sender] + 1)
        {
            Violation ??= $"delivery {Count}: message {number} of sender {sender} follows its message {_last.ElementAtOrDefault(sender)}";
        }
        else
        {
            _last[sender] = number;
        }
        arrivals?.Note(sender, number, RoomText.Due(text), Stopwatch.GetTimestamp());
    }
}

/// <summary>When the last of all receivers had each message.</summary>
/// <param name="receivers">How many there are.</param>
internal sealed class Arrivals(int receivers)
{
    private readonly Dictionary<(int Sender, int Number), int> _missing = [];

    /// <summary>From when each message was due to its last arrival, in microseconds.</summary>
    public List<double> Microseconds { get; } = [];

    /// <summary>A message has come to one of them.</summary>
    public void Note(int sender, int number, long due, long now)
    {
        int missing = _missing.TryGetValue((sender, number), out int left) ? left - 1 : receivers - 1;
        if (missing > 0)
        {
            _missing[(sender, number)] = missing;
            return;
        }
        _missing.Remove((sender, number));
        Microseconds.Add((now - due) * 1e6 / Stopwatch.Frequency);
    }
}
