namespace Norris.Load.Compare;

/// <summary>What one sender has to say, and how much of it is due.</summary>
/// <param name="index">Which sender it is.</param>
/// <param name="textBytes">How long each text is.</param>
internal sealed class Speaker(int index, int textBytes)
{
    private readonly Queue<long> _due = [];

    /// <summary>Which sender it is.</summary>
    public int Index => index;

    /// <summary>How many messages it has said.</summary>
    public int Said { get; private set; }

    /// <summary>How many it may have said by now.</summary>
    public int Allowed { get; set; }

    /// <summary>How many messages it has to say in all, where that is known beforehand.</summary>
    public int Total { get; init; }

    /// <summary>How long each text is.</summary>
    public int TextBytes => textBytes;

    /// <summary>Whether something is due.</summary>
    public bool HasMore => Said < Allowed;

    /// <summary>One more message is due at this time, in ticks of the stopwatch.</summary>
    public void Allow(long due)
    {
        _due.Enqueue(due);
        Allowed++;
    }

    /// <summary>Writes the next text.</summary>
    public void Say(Span<byte> text) => RoomText.Write(text[..textBytes], index, ++Said, _due.TryDequeue(out long due) ? due : 0);
}
