// Built by ame_explore/widgets/js/build.js; sources: sha256 cf63e58afeaac208a08b775fa22b561751f59675ff8c5be97c1f6e0c64c3049f
"use strict";(()=>{var ot=new Set(["svg","path"]),_={text:"textContent",value:"value",checked:"checked"};function d(t,e={},...a){let i=ot.has(
t)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",n=document.createElementNS(i,t);n.append(...a.flat(1/0).filter(
s=>s!=null&&s!==!1));for(let[s,f]of Object.entries(e))f==null||f===!1||(s.startsWith("on")?n.addEventListener(s.slice(2),
f):s in _?n[_[s]]=f:n.setAttribute(s,f===!0?"":String(f)));return n}function B(t,e){t.textContent!==e&&(t.textContent=e)}async function F(t,e){try{await navigator.clipboard.writeText(t.value)}catch{t.select(),document.execCommand("copy")}let a=e.
textContent??"";a!=="Copied"&&(B(e,"Copied"),setTimeout(()=>B(e,a),1500))}var O=t=>t.replaceAll("-","−");function U(t,e=3,{signed:a=!1,fine:i=!1}={}){if(typeof t!="number"||!Number.isFinite(t))
return"–";let n;return i&&t!==0&&Math.abs(t)<.1?n=Math.floor(Math.log10(Number(Math.abs(t).toPrecision(2))))<-4?t.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):t.toPrecision(2):n=i&&t===0?"0.0":t.toFixed(e||(Number.isInteger(t)?0:1)),Number(n)===
0?n.replace("-",""):(e===0&&!i&&(n=n.replace(/\B(?=(\d{3})+($|\.))/g,",")),O(a&&t>0?`+${n}`:n))}function st(t,e=3,{signed:a=!1}={}){
if(typeof t!="number"||!Number.isFinite(t))return"–";if(t===0)return"0";let[i,n]=t.toExponential(e-1).split("e"),s=e-1-
Number(n),f=s>=-3&&s<=e+2?t.toFixed(Math.max(s,0)):`${i}e${Number(n)}`;return O(a&&t>0?`+${f}`:f)}function R(t){return t==
null||t===""?"–":typeof t!="number"?String(t):Number.isInteger(t)&&Math.abs(t)<1e6?O(String(t)):st(t)}var q=t=>!t.some(e=>e.customdata);function K(t,e,a){if(t.meta?.role==="places")return[];let i=a?e:t.customdata?.[e];return(typeof i==
"object"&&i!==null?Array.from(i):[i]).filter(s=>typeof s=="number"&&Number.isInteger(s)).map(Number)}function G(t,e){let a=q(
e);return[...new Set((t?.points??[]).flatMap(({fullData:i,pointNumber:n})=>K(i,n,a)))]}var J=t=>(t.customdata?.length??0)>0&&t.meta?.role!=="places";function W(t,e){return t.mode==="lines"||t.meta?.role?0:(e?
t.x:t.customdata)?.length??0}function H(t,e,a){let i=[],n=e.size?W(t,a):0;for(let s=0;s<n;s++)K(t,s,a).some(f=>e.has(f))&&
i.push(s);return i}function rt(t,e,a){let i=H(e,a,!1),n=i.length>400?[]:i,s=x=>n.flatMap(m=>[x?.[3*m]??null,x?.[3*m+1]??
null,null]),f=Math.max(.12,Math.min(1,2/Math.sqrt(n.length||1)));return{x:s(t.x),y:s(t.y),opacity:f}}function V(t,e){let a=new Map,
i=q(t);return t.forEach((n,s)=>{let f=n.meta?.role;if(f==="lit")a.set(s,rt(t[s-1],t[s+1],e));else{if(n.visible===!1)return;
f==="segments"?a.set(s,{opacity:e.size?.3:1}):W(n,i)&&a.set(s,{selectedpoints:e.size?H(n,e,i):null})}}),a}function Q(t,e,a){
let i=(n,s)=>s.selectedpoints!==void 0?a&&e[n].visible!=="legendonly":s.x?.length===0&&!((e[n].x?.length??0)>0);return new Map(
[...t].filter(([n,s])=>!i(n,s)))}function X(t){let e=[...t.values()],a=[...new Set(e.flatMap(i=>Object.keys(i)))];return[
Object.fromEntries(a.map(i=>[i,e.map(n=>n[i])])),[...t.keys()]]}var T=50,Y=160;function it(t,e){return typeof t=="string"?t.length>Y?`${t.slice(0,Y-1)}…`:t:e?U(t,e.decimals,{fine:e.fine}):
R(t)}var lt="[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\
\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]",ct=new RegExp(`(^|[;\\t\\r\\n|])(${lt}*[=+@\\uff1d\\uff0b\\uff20\\uff0d\
\\u2212-])`,"g");function Z(t){if(typeof t!="string")return String(t??"");let e=t.replace(ct,"$1'$2");return`"${(/^[\t\r]/.
test(e)?`'${e}`:e).replaceAll('"','""')}"`}function at({what:[t,e],of:a,others:i,called:n},s,f,x){let m=a&&`, as ${a} ha\
s ${s===1?"it":"them"}`,y=s===0?`No ${t} selected. Click a point or a row, or draw a lasso (its button is at the top rig\
ht of a figure).`:`${s.toLocaleString("en")} ${s===1?t:e} selected${m}${s>T?`, the first ${T} listed.`:"."}`,M=f.length===
1?[`The ${t} ${n[f[0]]??f[0]} is only in ${i}, and not listed here.`]:f.length?[`${f.length.toLocaleString("en")} more a\
re only in ${i}, and not listed here.`]:[];return x&&M.push("To click a point within the outline, change to zoom or pan \
first, or press Clear."),[y,...M]}function ft(t,e,a){if(!a)return new Set(e);let i=new Set(t);for(let n of new Set(e))i.
delete(n)||i.add(n);return i}function v(t,e,a){let{ids:i,columns:n,formats:s,pictures:f,others:x}=t,m=new Map(i.map((r,l)=>[
r,l])),y=document.getElementById("panel"),M=y.querySelector("output"),tt=y.querySelector(".rows"),w=r=>y.querySelector(`\
[data-do=${r}]`),z=[...document.querySelectorAll("tr[data-ids]")].map(r=>({row:r,mine:(r.dataset.ids??"").split(" ").map(
Number)})),S=Object.keys(n),A=Object.fromEntries(S.map(r=>{let l=o=>n[r].some(o);return[r,l(o=>typeof o=="number")?"numb\
er":l(o=>typeof o=="string"&&o.length>24)?"words":""]})),j=(r,l)=>n[r][m.get(l)??-1]??null,p=new Set,N=null,b=[],E=0,L=r=>r.
layout.selections?.length>0;function et(){let r=[...p].slice(0,T),l=r.some(c=>f[c]),o=c=>d("td",{},f[c]&&d("img",{src:f[c],
alt:`image ${c}`}));return d("table",{},d("thead",{},d("tr",{},l&&d("th",{},"image"),d("th",{},"id"),S.map(c=>d("th",{class:A[c]===
"number"&&"number"},c)))),d("tbody",{},r.map(c=>d("tr",{},l&&o(c),d("td",{},String(c)),S.map(u=>d("td",{class:A[u]},it(j(
u,c),s[u])))))))}function D(r,l){let[o,...c]=at(t,p.size,r,l);M.replaceChildren(o,...c.map(u=>d("small",{},u)))}function $(r,l=[]){
D(l,!!r);for(let o of["save","test","clear"])w(o).disabled=p.size===0;tt.replaceChildren(...p.size?[et()]:[]);for(let{row:o,
mine:c}of z){let u=c.some(h=>p.has(h));o.classList.toggle("chosen",u),o.setAttribute("aria-selected",String(u))}if(!r)return P();
setTimeout(P,0,r)}function P(r){E+=1;let l=b.map(o=>{let c=o._fullData,[u,h]=X(Q(V(c,p),c,o===r)),nt=o!==r&&L(o)?{selections:[]}:
{};return h.length?e.update(o,u,nt,h):null});Promise.all(l).finally(()=>{E-=1,document.documentElement.dataset.chosen=String(
p.size)})}function g(r,l,o){let c=r.filter(h=>m.has(h)),u=x?r.filter(h=>!m.has(h)):[];if(u.length&&!c.length&&!o)return D(
u,b.some(L));p=ft(p,c,l),$(o,u)}a.then(r=>{b=r.filter(l=>l._fullData.some(o=>o.visible!==!1&&J(o)));for(let l of b){let o=c=>G(
c,l._fullData);l.on("plotly_selected",c=>{if(!(!c||E)){if(N?.figure!==l)return g(o(c),!1,l);setTimeout(g,0,[...N.ids,...o(
c)],!1)}}),l.on("plotly_deselect",()=>{E||g([],!1)}),l.on("plotly_click",c=>g(o(c),!!c?.event?.shiftKey)),l.on("plotly_b\
uttonclicked",()=>setTimeout($)),l.on("plotly_restyle",()=>{E||setTimeout($)})}$(),document.documentElement.dataset.linked=
String(b.length)}),addEventListener("mousedown",r=>{let l=b.find(o=>o.contains(r.target));N=r.shiftKey&&p.size&&l&&!L(l)?
{figure:l,ids:[...p]}:null},!0);for(let{row:r,mine:l}of z)r.addEventListener("mousedown",o=>{o.shiftKey&&o.preventDefault()}),
r.addEventListener("click",o=>g(l,o.shiftKey)),r.addEventListener("keydown",o=>{o.key!=="Enter"&&o.key!==" "||(o.preventDefault(),
g(l,o.shiftKey))});w("clear").addEventListener("click",()=>g([],!1)),w("test").addEventListener("click",async()=>{let r=d(
"input",{readonly:!0,value:`ame_explore.explore(features).pin([${[...p].join(", ")}])  # features: those of this report`});
y.append(r),await F(r,w("test")),r.remove()}),w("save").addEventListener("click",()=>{let r=[["id",...S].map(Z),...[...p].
map(c=>[String(c),...S.map(u=>Z(j(u,c)))])],l=new Blob([r.map(c=>c.join(",")).join(`\r
`)],{type:"text/csv"}),o=d("a",{href:URL.createObjectURL(l),download:"selection.csv"});o.click(),setTimeout(()=>URL.revokeObjectURL(
o.href),1e3)}),$()}var{Plotly:k}=globalThis,C=document.getElementById("linked-data"),ut=C?["autoScale2d"]:["lasso2d","select2d","autoScale2\
d"],I=[];for(let t of document.querySelectorAll(".figure-data")){let e=t.dataset.for??"",{data:a,layout:i}=JSON.parse(t.
textContent??""),n=document.getElementById(e),f={responsive:!0,displaylogo:!1,showSendToCloud:!1,modeBarButtonsToRemove:ut,
toImageButtonOptions:{format:"png",scale:2,filename:e}};I.push(k.newPlot(n,a,i,f).then(()=>n))}Promise.all(I).then(t=>{document.
documentElement.dataset.drawn=String(t.length),addEventListener("beforeprint",()=>t.forEach(e=>k.relayout(e,{width:1200,
autosize:!1}))),addEventListener("afterprint",()=>t.forEach(e=>k.relayout(e,{width:null,autosize:!0})))});C&&v(JSON.parse(
C.textContent??""),k,Promise.all(I));})();
