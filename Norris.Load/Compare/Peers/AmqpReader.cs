namespace Norris.Load.Compare.Peers;

/// <summary>What a server says in AMQP 0-9-1: where the opening is, and the texts. It writes nothing.</summary>
/// <param name="receipt">Who gets the texts; null for one that only publishes.</param>
internal sealed class AmqpReader(Receipt? receipt)
{
    private readonly byte[] _tune = new byte[8];
    private bool _isMessage;
    private ulong _textBytes;

    /// <summary>How far the opening is.</summary>
    public AmqpOpening Opening { get; private set; }

    /// <summary>The server's limits, once it has said them.</summary>
    public ReadOnlySpan<byte> Tune => _tune;

    /// <summary>Why nothing more can be understood; null while it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>Takes all whole frames; returns how many bytes those were.</summary>
    public int Take(ReadOnlySpan<byte> received)
    {
        int taken = 0;
        while (Failure is null && AmqpFrame.TryRead(received[taken..], out AmqpFrame frame))
        {
            Take(frame);
            taken += frame.Length;
        }
        return Failure is null ? taken : received.Length;
    }

    private void Take(in AmqpFrame frame)
    {
        switch (frame.Kind)
        {
            case AmqpFrameKind.Method:
                TakeMethod(frame);
                break;
            case AmqpFrameKind.Header when _isMessage:
                _textBytes = frame.TextBytes;
                break;
            case AmqpFrameKind.Body when _isMessage && (ulong)frame.Payload.Length == _textBytes && frame.Payload.Length >= RoomText.BytesMin:
                receipt?.Take(frame.Payload);
                _isMessage = false;
                break;
            case AmqpFrameKind.Heartbeat:
                break;
            default:
                Failure = "the server sent what is neither a method nor one of our texts in one piece";
                break;
        }
    }

    private void TakeMethod(in AmqpFrame frame)
    {
        switch (frame.Method)
        {
            case AmqpMethod.BasicDeliver:
                _isMessage = true;
                break;
            case AmqpMethod.Start:
                Opening = AmqpOpening.Started;
                break;
            case AmqpMethod.Tune when frame.Arguments.Length >= _tune.Length:
                frame.Arguments[.._tune.Length].CopyTo(_tune);
                Opening = AmqpOpening.Tuned;
                break;
            case AmqpMethod.ChannelOpenOk:
                Opening = AmqpOpening.ChannelOpen;
                break;
            case AmqpMethod.BasicConsumeOk:
                Opening = AmqpOpening.Consuming;
                break;
            case AmqpMethod.Close or AmqpMethod.ChannelClose:
                Failure = $"the server ends it: {frame.Reason}";
                break;
            default:
                break;
        }
    }
}

/// <summary>How far a connection is opened, in this order.</summary>
internal enum AmqpOpening
{
    /// <summary>The server has said nothing.</summary>
    None,

    /// <summary>It said what it can, and waits to hear who this is.</summary>
    Started,

    /// <summary>It said its limits.</summary>
    Tuned,

    /// <summary>Messages may be published.</summary>
    ChannelOpen,

    /// <summary>Messages come.</summary>
    Consuming,
}
