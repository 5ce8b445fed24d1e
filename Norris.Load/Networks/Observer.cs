using System.Collections.Concurrent;
using Norris.Load.Faults;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>Somebody who sees the order: takes each line as it comes, has it judged, and tells the voices how far their messages got.</summary>
/// <param name="name">What it is called in reports.</param>
/// <param name="watched">Its way along the order.</param>
/// <param name="findVoice">The voice of a sender's number; null where it is none of this run.</param>
/// <param name="isWaitedFor">Whether a message is there only when this one has it, too; not so for one that is to be slow or comes and goes.</param>
internal sealed class Observer(string name, OrderWatch.Watched watched, Func<int, Voice?> findVoice, bool isWaitedFor = true)
{
    private long _messages;
    private int _joined;
    private int _left;
    private int _lost;
    private int _slow;
    private int _hosts;

    /// <summary>What it is called in reports.</summary>
    public string Name => name;

    /// <summary>Whether a message is there only when this one has it, too.</summary>
    public bool IsWaitedFor => isWaitedFor;

    /// <summary>Its way along the order.</summary>
    public OrderWatch.Watched Watched => watched;

    /// <summary>Whether its deliveries are plotted.</summary>
    public bool IsPlotted { get; init; } = true;

    /// <summary>Messages of this run that it saw.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>How many joined, as it saw it.</summary>
    public int Joined => Volatile.Read(ref _joined);

    /// <summary>How many left because they wanted to.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>How many were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>How many were put out because they were too slow.</summary>
    public int Slow => Volatile.Read(ref _slow);

    /// <summary>How many reigns began.</summary>
    public int Hosts => Volatile.Read(ref _hosts);

    /// <summary>Why it was told that it missed something, each time.</summary>
    public ConcurrentQueue<string> GapReasons { get; } = new();

    /// <summary>Takes the next line, on the one thread that reads for it.</summary>
    public void Take(ReadOnlySpan<byte> line, long at)
    {
        if (!Printed.TryRead(line, at, out Printed printed))
        {
            return;
        }
        Voice? voice = printed.Entry.Sender >= 0 ? findVoice(printed.Entry.Sender) : null;
        if (voice is null && printed.Entry.Sender >= 0)
        {
            // Somebody else's talk that looks like ours.
            printed = printed with { Entry = printed.Entry with { Sender = Delivery.Stranger, Number = 0 } };
        }
        watched.Take(printed);
        if (voice is not null)
        {
            Volatile.Write(ref _messages, _messages + 1);
            if (isWaitedFor)
            {
                voice.Reach(this, printed.Entry.Number, at);
            }
        }
        else
        {
            Count(printed.Type, line);
        }
    }

    private void Count(PrintedType type, ReadOnlySpan<byte> line)
    {
        switch (type)
        {
            case PrintedType.Host:
                Volatile.Write(ref _hosts, _hosts + 1);
                break;
            case PrintedType.Lost when line.EndsWith("\"reason\":\"slow\"}"u8):
                Volatile.Write(ref _slow, _slow + 1);
                break;
            case PrintedType.Lost:
                Volatile.Write(ref _lost, _lost + 1);
                break;
            case PrintedType.OtherEntry when PrintedLine.IsType(line, "joined"u8):
                Volatile.Write(ref _joined, _joined + 1);
                break;
            case PrintedType.OtherEntry when PrintedLine.IsType(line, "left"u8):
                Volatile.Write(ref _left, _left + 1);
                break;
            case PrintedType.Gap:
                GapReasons.Enqueue(PrintedLine.ReadText(line, ",\"reason\":\""u8) ?? "");
                break;
            default:
                break;
        }
    }
}
