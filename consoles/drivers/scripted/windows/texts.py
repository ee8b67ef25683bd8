"""What Windows prints on its serial line. Out: texts, with names to fill in."""

VERSION = "Microsoft Windows [Version 10.0.20348.2762]"
WINDOWS = f"{VERSION}\n(c) Microsoft Corporation. All rights reserved.\n"
STARTED = """\

Computer is booting, SAC started and initialized.

Use the "ch -?" command for information about using channels.
Use the "?" command for general help.

"""
CMD_READY = "\nEVENT: The CMD command is now available.\n"
LAUNCHED = "The Command Prompt session was successfully launched.\n"
CREATED = """\
EVENT:   A new channel has been created.  Use "ch -?" for channel help.
Channel: {name}
"""
CLOSED = """\
EVENT:   A channel has been closed.  Use "ch -?" for channel help.
Channel: {name}
"""
LIST = """\
Channel List

(Use "ch -?" for information on using channels)

# Status  Channel Name
"""
NO_CHANNEL = "The channel could not be found.\n"
TOO_MANY = "There are already as many channels as there can be.\n"
UNKNOWN = 'Unrecognized command.  Type "?" for a list of available commands.\n'
CHANNEL_HELP = """\
Channel management commands:

ch                   List all channels.

Status Legend: (AB)
A: Channel operational status.
    'I' = Channel is inactive.
    'A' = Channel is active.
B: Channel Type
    'V' = VT-UTF8 emulation.

ch -ci <#>           Close a channel by its number.
ch -cn <name>        Close a channel by its name.
ch -si <#>           Switch to another channel by its number.
ch -sn <name>        Switch to another channel by its name.

Press <esc><tab> to select a channel.
Press <esc><tab>0 to return to the SAC channel.
"""
HELP = """\
ch             Channel management commands.  Use ch -? for more help.
cmd            Create a Command Prompt channel.
? or help      Display this list.
i              List all IP network numbers and their IP addresses.
id             Display the computer identification information.
s              Display the current time and date (24 hour clock used).
t              Tlist.
restart        Restart the system immediately.
shutdown       Shutdown the system immediately.
crashdump      Crash the system. You must have crash dump enabled.
"""
CREDENTIALS = "Please enter login credentials.\n"
WRONG = "The user name or password is incorrect.\n"
IDENTITY = """\
        Computer Name: {name}
         OS Version: 10.0 (20348)
         Processor Architecture: AMD64
"""
ADDRESSES = "Net: 4, Ip=10.0.2.15  Subnet=255.255.255.0  Gateway=10.0.2.2\n"
TASKS = """\
memory: 2096624 kb  uptime:  0  0:42:17.120
   PID  Name
     0  Idle Process
     4  System
   412  csrss.exe
   520  services.exe
   536  lsass.exe
  1044  svchost.exe
"""
NO_COMMAND = (
    "'{name}' is not recognized as an internal or external command,\noperable program or batch file.\n\n"
)
CMD_HELP = "bcdedit  cd  cls  dir  exit  hostname  ipconfig  net user  netsh  powershell  sc  ver  whoami\n\n"
DIR = """\
 Volume in drive C has no label.
 Volume Serial Number is 5C1A-90D7

 Directory of C:\\Windows\\system32

11/20/2026  09:14 AM    <DIR>          .
11/20/2026  09:14 AM    <DIR>          ..
05/08/2021  08:15 AM           289,792 cmd.exe
05/08/2021  08:15 AM            35,840 ipconfig.exe
05/08/2021  08:14 AM           452,608 sacsess.exe
               3 File(s)        778,240 bytes
               2 Dir(s)  17,204,551,680 bytes free

"""
IPCONFIG = """\

Windows IP Configuration


Ethernet adapter Ethernet:

   Connection-specific DNS Suffix  . :
   IPv4 Address. . . . . . . . . . . : 10.0.2.15
   Subnet Mask . . . . . . . . . . . : 255.255.255.0
   Default Gateway . . . . . . . . . : 10.0.2.2

"""
NET = "The syntax of this command is:\n\nNET [ USER ]\n\n"
USERS = """\

User accounts for \\\\{name}

-------------------------------------------------------------------------------
Administrator            DefaultAccount           Guest
WDAGUtilityAccount
The command completed successfully.

"""
FIREWALL = """\

Domain Profile Settings:
----------------------------------------------------------------------
State                                 ON
Firewall Policy                       BlockInbound,AllowOutbound
Ok.

"""
SERVICE = """\

SERVICE_NAME: termservice
        TYPE               : 30  WIN32
        STATE              : 4  RUNNING
        WIN32_EXIT_CODE    : 0  (0x0)

"""
BCDEDIT = """\

Windows Boot Loader
-------------------
identifier              {current}
device                  partition=C:
path                    \\Windows\\system32\\winload.efi
ems                     Yes

"""
POWERSHELL_BANNER = "Windows PowerShell\nCopyright (C) Microsoft Corporation. All rights reserved.\n\n"
POWERSHELL = {
    "get-service": "\nStatus   Name               DisplayName\n------   ----               -----------\n"
    "Running  TermService        Remote Desktop Services\nRunning  WinRM              Windows Remote Management\n\n",
    "get-date": "\nSaturday, November 21, 2026\n\n",
    "get-computerinfo": "\nWindowsProductName : Windows Server 2022 Datacenter\n\n",
}
NO_CMDLET = (
    "{name} : The term '{name}' is not recognized as the name of a cmdlet, function, script file, or\n"
    "operable program.\n\n"
)
BUGCHECK = """\

***STOP: 0x000000E2 (MANUALLY_INITIATED_CRASH)

A problem has been detected and Windows has been shut down to prevent damage.
"""


def announced(name: str, description: str) -> str:
    return f"""\
\x1b[2J\x1b[1;1HName:                  {name}
Description:           {description}
Type:                  VT-UTF8
Channel GUID:          4f1cbd5e-2a0a-11ef-9d3b-525400{sum(name.encode()):06x}
Application Type GUID: 63d02271-8aa4-11d5-bccf-00b0d014a2d0

Press <esc><tab> for next channel.
Press <esc><tab>0 to return to the SAC channel.
Use any other key to view this channel.
"""
