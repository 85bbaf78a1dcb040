// Wireless hardware. The core writes a checksum behind a packet that is to be sent, wherever that is: the packet's length
// is the game's. Here one that would end behind the hardware's memory ends with it.

#include <algorithm>

#include "NDSSystem.h"
#include "wifi.h"

#define WIFI_write16 core_write16
#include <wifi.cpp>
#undef WIFI_write16

static void keep_inside(WifiData &wifi, const IOREG_W_TXBUF_LOCATION &location)
{
    const u32 address = location.HalfwordAddress << 1;
    const u32 begin = address + sizeof(TXPacketHeader);
    if (location.TransferRequest != 0 && begin <= sizeof(wifi.RAM)) {
        TXPacketHeader &header = (TXPacketHeader &)wifi.RAM[address];
        header.length = std::min<u32>(header.length, (sizeof(wifi.RAM) - begin) & ~3U);
    }
}

void WIFI_write16(u32 address, u16 val)
{
    WifiData &wifi = wifiHandler->GetWifiData();
    const WIFI_IOREG_MAP &io = wifi.io;
    for (const IOREG_W_TXBUF_LOCATION &location :
         {io.TXBUF_LOC1, io.TXBUF_LOC2, io.TXBUF_LOC3, io.TXBUF_CMD, io.TXBUF_BEACON}) {
        keep_inside(wifi, location);
    }
    core_write16(address, val);
}
